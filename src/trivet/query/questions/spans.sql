-- One page of finished spans, a resend once.
SELECT {{span_columns}},
       lower(hex(trace_id)) AS trace_hex
FROM otel_spans
WHERE start >= fromUnixTimestamp64Nano({start:Int64}) AND start < fromUnixTimestamp64Nano({end:Int64})
  AND {{settled}} AND {{after}} AND {{filter}}
ORDER BY start {{direction}}, span_id {{direction}}, trace_id {{direction}}
LIMIT 1 BY start, span_id, trace_id
LIMIT {limit:UInt32}
