-- What the points of some series have in common, as it was said last.
SELECT metric, series_id, CAST(type, 'Int8'), unit, description, temporality, monotonic,
       mapKeys(metadata), mapValues(metadata), CAST(metadata_types, 'Array(Int8)'),
       mapKeys(attributes), mapValues(attributes), CAST(types, 'Array(Int8)'),
       resource_id, mapKeys(resource), mapValues(resource), origin
FROM otel_series
WHERE metric IN {metrics:Array(String)} AND series_id IN {series:Array(UInt64)}
ORDER BY last_seen DESC
LIMIT 1 BY metric, series_id
