-- The log records of one trace, a resend once.
SELECT {{log_columns}}
FROM otel_logs
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND {{when}} AND {{which}}
ORDER BY time, ordinal
LIMIT 1 BY id
LIMIT {limit:UInt32}
