-- Finished spans in the order of their table, so that a page stops reading where it ends; a resend once.
SELECT {{span_columns}},
       lower(hex(trace_id)) AS trace_hex
FROM otel_spans
WHERE start >= fromUnixTimestamp64Nano({start:Int64}) AND start < fromUnixTimestamp64Nano({end:Int64})
  AND received <= fromUnixTimestamp64Nano({horizon:Int64})
  AND {{after}} AND {{filter}}
ORDER BY start, span_id, trace_id
LIMIT 1 BY start, span_id, trace_id
LIMIT {limit:UInt32}
