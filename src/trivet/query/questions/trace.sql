-- One trace in one statement, since each costs milliseconds of its own: its finished spans and log records, the spans
-- elsewhere that link to it, the points of metrics that name it as an example; a resend once. Each row is what it is,
-- and its columns as JSON.
SELECT 'span' AS what, formatRowNoNewline('JSONCompactEachRow', {{span_columns}}) AS row
FROM otel_spans
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND {{when}}
ORDER BY start
LIMIT 1 BY span_id
LIMIT {spans:UInt32}
UNION ALL
SELECT 'log', formatRowNoNewline('JSONCompactEachRow', {{log_columns}})
FROM otel_logs
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND {{logged}}
ORDER BY time, ordinal
LIMIT 1 BY id
LIMIT {logs:UInt32}
UNION ALL
SELECT 'link', formatRowNoNewline('JSONCompactEachRow', lower(hex(trace_id)), lower(hex(span_id)), service, name)
FROM otel_links
WHERE linked_trace_id = toFixedString(unhex({trace:String}), 16) AND trace_id != linked_trace_id
ORDER BY start
LIMIT 1 BY trace_id, span_id
LIMIT 100
UNION ALL
SELECT 'exemplar', formatRowNoNewline('JSONCompactEachRow', metric, CAST(value_type, 'Int8'), value, int_value,
                                      toUnixTimestamp64Nano(time), lower(hex(span_id)))
FROM otel_exemplars
WHERE trace_id = toFixedString(unhex({trace:String}), 16)
ORDER BY time
LIMIT 1 BY metric, series_id, time, span_id, value
LIMIT 1000
