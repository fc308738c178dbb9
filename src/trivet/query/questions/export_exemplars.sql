-- The exemplars of some series within a time; a resend once.
SELECT metric, series_id, toUnixTimestamp64Nano(time) AS at, CAST(value_type, 'Int8') AS kind, value, int_value,
       lower(hex(trace_id)) AS trace_hex, lower(hex(span_id)) AS span_hex,
       mapKeys(attributes) AS keys, mapValues(attributes) AS texts, CAST(types, 'Array(Int8)') AS kinds
FROM otel_exemplars
WHERE metric IN {metrics:Array(String)} AND series_id IN {series:Array(UInt64)}
  AND time > fromUnixTimestamp64Nano({after:Int64}) AND time <= fromUnixTimestamp64Nano({until:Int64})
ORDER BY metric, series_id, time, trace_id, span_id, value, int_value, texts
LIMIT 1 BY metric, series_id, time, trace_id, span_id, value, int_value, texts
