-- Reports of running spans go to a table of their own and are not filed here.
CREATE MATERIALIZED VIEW IF NOT EXISTS logs_from_log_rows TO otel_logs AS
WITH least(log.time_unix_nano, 9223372036854775807) AS sent,
     least(log.observed_time_unix_nano, 9223372036854775807) AS observed
SELECT trivet_day(time, received) AS day,
       multiIf(sent != 0, trivet_time(sent), observed != 0, trivet_time(observed), received) AS time,
       trivet_time(observed) AS observed_time,
       multiIf(sent != 0, 'time', observed != 0, 'observed', 'received') AS time_from,
       if(greatest(log.time_unix_nano, log.observed_time_unix_nano) > 9223372036854775807,
          [log.time_unix_nano, log.observed_time_unix_nano], []) AS clamped,
       cityHash64(log, resource_id, scope, scope_version, scope_attributes) AS id,
       toFixedString(if(length(log.trace_id) = 16, log.trace_id, ''), 16) AS trace_id,
       toFixedString(if(length(log.span_id) = 8, log.span_id, ''), 8) AS span_id,
       log.flags AS flags,
       log.severity_number AS severity_number,
       trivet_utf8(log.severity_text) AS severity_text,
       trivet_utf8(log.event_name) AS event_name,
       trivet_text(log.body) AS body,
       CAST(CAST(log.body.value, 'Int8'), 'Enum8(\'empty\' = 0, \'string\' = 1, \'bool\' = 2, \'int\' = 3, \'double\' = 4, \'array\' = 5, \'kvlist\' = 6, \'bytes\' = 7)') AS body_type,
       resource['service.name'] AS service,
       trivet_texts(log.attributes) AS attributes,
       trivet_types(log.attributes) AS types,
       trivet_ints(log.attributes) AS ints,
       trivet_doubles(log.attributes) AS doubles,
       trivet_elements(log.attributes) AS elements,
       log.dropped_attributes_count AS dropped_attributes,
       resource, resource_id, scope, scope_version, scope_attributes, origin, received, record, ordinal
FROM log_rows
WHERE log.event_name != 'trivet.span.running'
