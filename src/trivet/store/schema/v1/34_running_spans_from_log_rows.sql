CREATE MATERIALIZED VIEW IF NOT EXISTS running_spans_from_log_rows TO running_spans AS
WITH unhex(texts['trivet.span.parent_id']) AS parent,
     trivet_texts(log.attributes) AS texts,
     arrayFirst(pair -> pair.key = 'trivet.span.attributes', log.attributes).value.kvlist_value.values AS sent,
     arrayFirst(pair -> pair.key = 'trivet.span.stack', log.attributes).value.array_value.values AS frames
SELECT trivet_day(start, received) AS day,
       toFixedString(log.trace_id, 16) AS trace_id,
       toFixedString(log.span_id, 8) AS span_id,
       toFixedString(if(length(parent) = 8, parent, ''), 8) AS parent_span_id,
       texts['trivet.span.name'] AS name,
       texts['trivet.span.kind'] AS kind,
       trivet_time(toUInt64OrZero(texts['trivet.span.start'])) AS start,
       resource['service.name'] AS service,
       trivet_process(resource, resource_id) AS process,
       CAST(arrayMap(pair -> (trivet_utf8(pair.key), trivet_nested_text(pair.value)), sent), 'Map(LowCardinality(String), String)') AS attributes,
       CAST(arrayMap(pair -> pair.value.value, sent), '{types}') AS types,
       arrayMap(leaf -> trivet_leaf_text(leaf), frames) AS stack,
       toUInt64OrZero(texts['trivet.span.report']) AS report,
       toInt64OrZero(texts['trivet.span.next_after']) AS next_after,
       trivet_time(log.time_unix_nano) AS time,
       log.severity_number AS severity_number,
       log.flags AS flags,
       trivet_text(log.body) AS body,
       resource, resource_id, scope, scope_version, scope_attributes, origin, received, record, ordinal
FROM log_rows
WHERE log.event_name = 'trivet.span.running' AND length(log.trace_id) = 16 AND length(log.span_id) = 8
