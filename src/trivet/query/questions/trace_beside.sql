-- What points at one trace from elsewhere: spans that link to it, points of metrics that name it as an example. One
-- statement for both, since each costs 2 ms of its own.
SELECT 'link' AS what, lower(hex(trace_id)) AS trace_hex, lower(hex(span_id)) AS span_hex, service, name,
       0 AS value_kind, toFloat64(0) AS value, toInt64(0) AS int_value, toUnixTimestamp64Nano(start) AS at
FROM otel_links
WHERE linked_trace_id = toFixedString(unhex({trace:String}), 16) AND trace_id != linked_trace_id
ORDER BY start
LIMIT 1 BY trace_id, span_id
LIMIT 100
UNION ALL
SELECT 'exemplar', '', lower(hex(span_id)), '', metric,
       CAST(value_type, 'Int8'), value, int_value, toUnixTimestamp64Nano(time)
FROM otel_exemplars
WHERE trace_id = toFixedString(unhex({trace:String}), 16)
ORDER BY time
LIMIT 1 BY metric, series_id, time, span_id, value
LIMIT 1000
