-- What every metric is called and is, for the names that PromQL knows it by.
SELECT metric, CAST(type, 'String') AS kind, unit, ifNull(monotonic, false) AS is_monotonic,
    anyLast(description) AS says
FROM otel_series
WHERE day >= toDate(fromUnixTimestamp64Nano({start:Int64}), 'UTC')
  AND otel_series.last_seen >= fromUnixTimestamp64Nano({start:Int64})
GROUP BY metric, kind, unit, is_monotonic
ORDER BY metric, kind, unit, is_monotonic
