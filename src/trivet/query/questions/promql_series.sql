-- The series of some metrics that match, with what their labels are made of. `instance` is what tells a process apart
-- where the sender gave no service.instance.id: two processes must not become one series.
WITH {{promql_job}} AS job,
     {{promql_instance}} AS instance
SELECT series_id, any(metric) AS its_metric, CAST(any(type), 'String') AS kind, any(otel_series.unit) AS its_unit,
       ifNull(any(otel_series.monotonic), false) AS is_monotonic, any(otel_series.temporality) AS its_temporality,
       any(job) AS its_job, any(instance) AS its_instance, any(attributes) AS its_attributes,
       any(otel_series.scope) AS its_scope, any(otel_series.scope_version) AS its_scope_version,
       JSONExtractString(any(origin), 'scope_schema_url') AS scope_schema,
           any(otel_series.scope_attributes) AS its_scope_attributes,
       any(mapFilter((key, _) -> has({promoted:Array(String)}, key), resource)) AS promoted_resource
FROM otel_series
WHERE metric IN {metrics:Array(String)}
  AND day >= toDate(fromUnixTimestamp64Nano({start:Int64}), 'UTC')
  AND otel_series.last_seen >= fromUnixTimestamp64Nano({start:Int64})
  AND {{matching}}
GROUP BY series_id
ORDER BY series_id
LIMIT {limit:UInt32}
