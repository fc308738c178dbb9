CREATE MATERIALIZED VIEW IF NOT EXISTS processes_from_logs TO processes AS
SELECT toDate(received, 'UTC') AS day, trivet_process(any(resource), resource_id) AS process, any(service) AS service,
       resource_id, min(received) AS first_seen, max(received) AS last_seen
FROM otel_logs
GROUP BY day, resource_id
