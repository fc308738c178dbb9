-- One page of log records, see in_order.py.
SELECT {{log_columns}},
       lower(hex(trace_id)) AS trace_hex, id AS number, {{matches}} AS matches
FROM otel_logs
WHERE time >= fromUnixTimestamp64Nano({start:Int64}) AND time < fromUnixTimestamp64Nano({end:Int64})
  AND {{settled}} AND {{after}} AND {{reach}} AND {{filter}}
{{order_by}}
LIMIT {limit:UInt32}
