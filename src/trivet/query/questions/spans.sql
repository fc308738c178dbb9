-- One page of finished spans, see in_order.py. The indexes are asked first, not while reading: 7.4 ms and not 9 where
-- few rows match.
SELECT {{span_columns}},
       lower(hex(trace_id)) AS trace_hex, {{matches}} AS matches
FROM otel_spans
WHERE start >= fromUnixTimestamp64Nano({start:Int64}) AND start < fromUnixTimestamp64Nano({end:Int64})
  AND {{settled}} AND {{after}} AND {{reach}} AND {{filter}}
{{order_by}}
LIMIT {limit:UInt32}
SETTINGS use_skip_indexes_on_data_read = 0
