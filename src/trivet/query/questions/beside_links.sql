-- The spans elsewhere that link to one trace: a branch beside beside_logs.sql.
SELECT 'links' AS what, formatRowNoNewline('JSONCompactEachRow', lower(hex(trace_id)), lower(hex(span_id)), service,
                                           name, toUnixTimestamp64Nano(start)) AS row
FROM otel_links
WHERE linked_trace_id = toFixedString(unhex({trace:String}), 16) AND trace_id != linked_trace_id
{{once}}
LIMIT {links:UInt32}
