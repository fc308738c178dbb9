CREATE OR REPLACE VIEW logs AS
SELECT time,
       if(trace_id = toFixedString('', 16), '', lower(hex(trace_id))) AS trace_id,
       if(span_id = toFixedString('', 8), '', lower(hex(span_id))) AS span_id,
       service,
       multiIf(severity_number BETWEEN 1 AND 4, 'trace', severity_number BETWEEN 5 AND 8, 'debug',
               severity_number BETWEEN 9 AND 12, 'info', severity_number BETWEEN 13 AND 16, 'warn',
               severity_number BETWEEN 17 AND 20, 'error', severity_number BETWEEN 21 AND 24, 'fatal',
               lower(severity_text)) AS severity,
       severity_number, event_name, body, attributes, resource, scope, lower(hex(id)) AS id
FROM otel_logs
