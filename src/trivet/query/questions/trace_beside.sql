-- What there is of one trace beside its spans, in one statement, since each costs milliseconds of its own: its log
-- records, the spans elsewhere that link to it, the points of metrics that name it as an example. Each row is what it
-- is, and its columns as JSON. Order, and a resend once, cost a millisecond each: that is left to the reader of few
-- rows (`…_once` empty).
SELECT 'log' AS what, formatRowNoNewline('JSONCompactEachRow', {{log_columns}}, ordinal) AS row
FROM otel_logs
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND {{logged}}
{{logs_once}}
LIMIT {logs:UInt32}
UNION ALL
SELECT 'link', formatRowNoNewline('JSONCompactEachRow', lower(hex(trace_id)), lower(hex(span_id)), service, name,
                                  toUnixTimestamp64Nano(start))
FROM otel_links
WHERE linked_trace_id = toFixedString(unhex({trace:String}), 16) AND trace_id != linked_trace_id
{{links_once}}
LIMIT {links:UInt32}
UNION ALL
SELECT 'exemplar', formatRowNoNewline('JSONCompactEachRow', metric, CAST(value_type, 'Int8'), value, int_value,
                                      toUnixTimestamp64Nano(time), lower(hex(span_id)), series_id)
FROM otel_exemplars
WHERE trace_id = toFixedString(unhex({trace:String}), 16)
{{exemplars_once}}
LIMIT {exemplars:UInt32}
