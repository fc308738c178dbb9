-- The resources that sent metrics, for target_info.
WITH {{promql_job}} AS job,
     {{promql_instance}} AS instance
SELECT trivet_process(any(resource), resource_id) AS process, any(job) AS its_job, any(instance) AS its_instance,
    any(resource) AS its_resource
FROM otel_series
WHERE day >= toDate(fromUnixTimestamp64Nano({start:Int64}), 'UTC')
  AND otel_series.last_seen >= fromUnixTimestamp64Nano({start:Int64})
GROUP BY resource_id
HAVING its_job != '' OR its_instance != ''
ORDER BY resource_id
LIMIT {limit:UInt32}
