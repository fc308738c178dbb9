-- One page of log records, a resend once.
SELECT {{log_columns}},
       lower(hex(trace_id)) AS trace_hex, id AS number
FROM otel_logs
WHERE time >= fromUnixTimestamp64Nano({start:Int64}) AND time < fromUnixTimestamp64Nano({end:Int64})
  AND {{settled}} AND {{after}} AND {{filter}}
ORDER BY time {{direction}}, id {{direction}}
LIMIT 1 BY time, id
LIMIT {limit:UInt32}
