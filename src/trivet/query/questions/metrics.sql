-- The metrics that sent anything in the time.
SELECT metric, CAST(type, 'String') AS kind, unit, argMax(description, last_seen) AS says,
       max(temporality) AS temporality, max(monotonic) AS monotonic, uniqExact(series_id) AS series,
       toUnixTimestamp64Nano(max(otel_series.last_seen)) AS seen
FROM otel_series
WHERE otel_series.last_seen >= fromUnixTimestamp64Nano({start:Int64})
  AND startsWith(metric, {prefix:String})
GROUP BY metric, type, unit
ORDER BY metric, kind, unit
LIMIT {limit:UInt32}
