-- Log records that have come in a while, the latest first.
SELECT {{log_columns}},
       lower(hex(trace_id)) AS trace_hex, toUnixTimestamp64Nano(received) AS came
FROM otel_logs
WHERE received > fromUnixTimestamp64Nano({since:Int64}) AND {{filter}}
ORDER BY received DESC, record DESC, ordinal DESC
LIMIT {limit:UInt32}
