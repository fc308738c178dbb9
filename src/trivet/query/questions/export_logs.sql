-- Log records in the order of their table, so that a page stops reading where it ends; a resend once.
SELECT {{log_columns}},
       lower(hex(trace_id)) AS trace_hex, time_from = 'time' AS came_with_time, id AS number
FROM otel_logs
WHERE time >= fromUnixTimestamp64Nano({start:Int64}) AND time < fromUnixTimestamp64Nano({end:Int64})
  AND received <= fromUnixTimestamp64Nano({horizon:Int64})
  AND {{after}} AND {{filter}}
ORDER BY time, id
LIMIT 1 BY time, id
LIMIT {limit:UInt32}
