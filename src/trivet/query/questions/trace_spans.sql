-- The finished spans of one trace, earliest first, a resend once. The indexes are asked first, not while reading (see
-- spans.sql), and what to read first is said: that the engine works it out costs 1.4 ms of 8.4. Nor need it look at
-- the indexes that cannot help: 0.5 of 5.9.
SELECT {{span_columns}}
FROM otel_spans
PREWHERE trace_id = toFixedString(unhex({trace:String}), 16)
WHERE {{when}} AND {{which}}
{{spans_once}}
LIMIT {limit:UInt32}
SETTINGS ignore_data_skipping_indices = 'by_attributes,by_text,by_received,by_service,by_duration',
         use_skip_indexes_on_data_read = 0, optimize_move_to_prewhere = 0
