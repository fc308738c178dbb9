-- Where the log records of one trace stand, a resend once.
SELECT toUnixTimestamp64Nano(time) AS at, lower(hex(span_id)) AS span_hex,
       severity_number, severity_text, lower(hex(id)) AS id_hex
FROM otel_logs
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND {{when}}
ORDER BY time
LIMIT 1 BY id
LIMIT {limit:UInt32}
