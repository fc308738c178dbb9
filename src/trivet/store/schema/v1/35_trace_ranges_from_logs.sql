CREATE MATERIALIZED VIEW IF NOT EXISTS trace_ranges_from_logs TO trace_ranges AS
SELECT day, trace_id, min(logs.time) AS start, max(logs.time) AS end, max(received) AS last_received
FROM otel_logs AS logs
WHERE trace_id != toFixedString('', 16)
GROUP BY day, trace_id
