-- Spans without usable ids.
CREATE MATERIALIZED VIEW IF NOT EXISTS rejects_from_span_rows TO otel_rejects AS
SELECT toDate(received, 'UTC') AS day,
       'traces' AS signal,
       multiIf(length(span.trace_id) != 16, 'trace_id is not 16 bytes', length(span.span_id) != 8, 'span_id is not 8 bytes',
               span.trace_id = toFixedString('', 16), 'trace_id is all zeros', 'span_id is all zeros') AS reason,
       toJSONString(span) AS message,
       received, record
FROM span_rows
WHERE length(span.trace_id) != 16 OR length(span.span_id) != 8
   OR span.trace_id = toFixedString('', 16) OR span.span_id = toFixedString('', 8)
