-- The finished spans of one trace that match.
SELECT DISTINCT lower(hex(span_id)) AS span_hex
FROM otel_spans
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND {{when}} AND {{filter}}
