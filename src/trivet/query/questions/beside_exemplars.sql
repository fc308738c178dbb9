-- The points of metrics that name one trace as an example: a branch beside beside_logs.sql.
SELECT 'exemplars' AS what, formatRowNoNewline('JSONCompactEachRow', metric, CAST(value_type, 'Int8'), value, int_value,
                                               toUnixTimestamp64Nano(time), lower(hex(span_id)), series_id) AS row
FROM otel_exemplars
WHERE trace_id = toFixedString(unhex({trace:String}), 16)
{{once}}
LIMIT {exemplars:UInt32}
