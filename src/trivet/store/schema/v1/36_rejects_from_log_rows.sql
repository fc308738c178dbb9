-- Records whose ids have a wrong length are kept without them (outside any trace); the reason stands here.
CREATE MATERIALIZED VIEW IF NOT EXISTS rejects_from_log_rows TO otel_rejects AS
SELECT toDate(received, 'UTC') AS day, 'logs' AS signal,
       if(log.event_name = 'trivet.span.running', 'report of a running span without usable ids',
          'trace_id is not 16 bytes or span_id not 8: kept without') AS reason,
       toJSONString(log) AS message, received, record
FROM log_rows
WHERE length(log.trace_id) NOT IN (0, 16) OR length(log.span_id) NOT IN (0, 8)
   OR (log.event_name = 'trivet.span.running' AND (length(log.trace_id) != 16 OR length(log.span_id) != 8))
