CREATE MATERIALIZED VIEW IF NOT EXISTS links_from_span_rows TO otel_links AS
SELECT trivet_day(start, received) AS day,
       toFixedString(link.trace_id, 16) AS linked_trace_id, toFixedString(link.span_id, 8) AS linked_span_id,
       toFixedString(span.trace_id, 16) AS trace_id, toFixedString(span.span_id, 8) AS span_id,
       resource['service.name'] AS service, trivet_utf8(span.name) AS name, trivet_time(span.start_time_unix_nano) AS start
FROM span_rows
ARRAY JOIN span.links AS link
WHERE length(link.trace_id) = 16 AND length(link.span_id) = 8
  AND length(span.trace_id) = 16 AND length(span.span_id) = 8
