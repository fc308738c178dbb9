-- All finished spans of one trace without what hangs on them, column by column: for drawing, and for the facts. The
-- settings: see trace_spans.sql.
SELECT lower(hex(span_id)) AS span_hex, lower(hex(parent_span_id)) AS parent_hex,
       service, name, kind, toUnixTimestamp64Nano(start) AS begin, duration, status_code, resource_id
FROM otel_spans
PREWHERE trace_id = toFixedString(unhex({trace:String}), 16)
WHERE {{when}}
ORDER BY start, span_id
LIMIT 1 BY span_id
{{by_trace_alone}}
FORMAT JSONCompactColumns
