-- The finished spans of one trace, earliest first, a resend once. The indexes are asked first, not while reading (see
-- spans.sql), and what to read first is said: that the engine works it out costs 1.4 ms of 8.4. Nor need it look at
-- the indexes that cannot help: 0.5 of 5.9.
SELECT {{span_columns}}
FROM otel_spans
PREWHERE trace_id = toFixedString(unhex({trace:String}), 16)
WHERE {{when}} AND {{which}}
{{spans_once}}
LIMIT {limit:UInt32}
{{by_trace_alone}}
