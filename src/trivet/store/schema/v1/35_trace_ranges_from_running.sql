CREATE MATERIALIZED VIEW IF NOT EXISTS trace_ranges_from_running TO trace_ranges AS
SELECT day, trace_id, min(running.start) AS start, max(running.time) AS end, max(received) AS last_received
FROM running_spans AS running
GROUP BY day, trace_id
