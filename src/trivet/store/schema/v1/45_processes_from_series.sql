CREATE MATERIALIZED VIEW IF NOT EXISTS processes_from_series TO processes AS
SELECT day, trivet_process(any(resource), resource_id) AS process, any(service) AS service,
       resource_id, min(series.last_seen) AS first_seen, max(series.last_seen) AS last_seen
FROM otel_series AS series
GROUP BY day, resource_id
