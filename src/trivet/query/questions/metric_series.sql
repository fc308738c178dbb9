-- The series of a metric that match, and the values that they are grouped by (see metric_groups.py).
SELECT series_id, CAST(any(type), 'String') AS kind, any(otel_series.unit) AS its_unit,
    any(otel_series.temporality) AS its_temporality,
       ifNull(any(otel_series.monotonic), false) AS is_monotonic, any({{group}}) AS group_values
FROM otel_series
WHERE metric = {metric:String}
  AND otel_series.last_seen >= fromUnixTimestamp64Nano({start:Int64})
  AND {{filter}}
GROUP BY series_id
ORDER BY series_id
LIMIT {limit:UInt32}
