-- The finished spans of one trace, earliest first, a resend once. The indexes are asked first, not while reading (see
-- spans.sql).
SELECT {{span_columns}}
FROM otel_spans
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND {{when}} AND {{which}}
{{spans_once}}
LIMIT {limit:UInt32}
SETTINGS use_skip_indexes_on_data_read = 0
