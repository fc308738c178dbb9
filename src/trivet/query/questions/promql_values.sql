-- The values of one label.
WITH {{promql_job}} AS job,
     {{promql_instance}} AS instance
SELECT DISTINCT {{expression}} AS its_value
FROM otel_series
WHERE metric IN {metrics:Array(String)}
  AND day >= toDate(fromUnixTimestamp64Nano({start:Int64}), 'UTC')
  AND otel_series.last_seen >= fromUnixTimestamp64Nano({start:Int64})
  AND {{matching}} AND its_value != ''
ORDER BY its_value
LIMIT {limit:UInt32}
