-- The log records of one trace, as a branch of one statement with what else there is beside its spans. Each row is what
-- it is, and its columns as JSON. Order, and a resend once, cost a millisecond each: that is left to the reader of few
-- rows (`once` empty).
SELECT 'logs' AS what, formatRowNoNewline('JSONCompactEachRow', {{log_columns}}, ordinal) AS row
FROM otel_logs
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND {{when}}
{{once}}
LIMIT {logs:UInt32}
