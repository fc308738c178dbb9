CREATE MATERIALIZED VIEW IF NOT EXISTS trace_ranges_from_spans TO trace_ranges AS
SELECT day, trace_id, min(spans.start) AS start, max(spans.start) AS end, max(received) AS last_received
FROM otel_spans AS spans
GROUP BY day, trace_id
