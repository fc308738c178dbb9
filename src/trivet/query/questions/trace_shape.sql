-- All finished spans of one trace without what hangs on them, column by column: for drawing, and for the facts.
SELECT lower(hex(span_id)) AS span_hex, lower(hex(parent_span_id)) AS parent_hex,
       service, name, kind, toUnixTimestamp64Nano(start) AS begin, duration, status_code, resource_id
FROM otel_spans
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND {{when}}
ORDER BY start, span_id
LIMIT 1 BY span_id
FORMAT JSONCompactColumns
