SELECT resource_id, trivet_process(resource, resource_id) AS process,
       mapKeys(resource) AS keys, mapValues(resource) AS texts, origin
FROM {{table}}
WHERE resource_id IN {ids:Array(UInt64)} AND {{rows}}
LIMIT 1 BY resource_id
