-- The hot path of the whole system.
CREATE MATERIALIZED VIEW IF NOT EXISTS spans_from_span_rows TO otel_spans AS
WITH if(greatest(span.start_time_unix_nano, span.end_time_unix_nano) > 9223372036854775807,
        [span.start_time_unix_nano, span.end_time_unix_nano], []) AS clamped,
     arrayMap(sent -> trivet_texts(sent), span.links.attributes) AS link_attributes
SELECT trivet_day(trivet_time(span.start_time_unix_nano), received) AS day,
       toFixedString(span.trace_id, 16) AS trace_id,
       toFixedString(span.span_id, 8) AS span_id,
       toFixedString(if(length(span.parent_span_id) = 8, span.parent_span_id, ''), 8) AS parent_span_id,
       span.flags AS flags,
       trivet_utf8(span.name) AS name,
       span.kind AS kind,
       trivet_time(span.start_time_unix_nano) AS start,
       toInt64(least(span.end_time_unix_nano, 9223372036854775807))
           - toInt64(least(span.start_time_unix_nano, 9223372036854775807)) AS duration,
       span.status.code AS status_code,
       trivet_utf8(span.status.message) AS status_message,
       resource['service.name'] AS service,
       trivet_texts(span.attributes) AS attributes,
       trivet_types(span.attributes) AS types,
       trivet_ints(span.attributes) AS ints,
       trivet_doubles(span.attributes) AS doubles,
       trivet_elements(span.attributes) AS elements,
       resource, resource_id, scope, scope_version, scope_attributes, origin,
       arrayMap(name -> trivet_utf8(name), span.events.name) AS `events.name`,
       arrayMap(sent -> trivet_texts(sent), span.events.attributes) AS `events.attributes`,
       -- One text instead of twenty columns that are nearly always empty: each would cost every insert, and every
       -- trace by id, as much as a full one. `clamped` are [start, end] as sent, when one does not fit DateTime64.
       if(status_message = '' AND span.trace_state = '' AND empty(clamped) AND empty(span.events) AND empty(span.links)
              AND span.dropped_attributes_count + span.dropped_events_count + span.dropped_links_count = 0, '',
          toJSONString((
              status_message, trivet_utf8(span.trace_state), clamped,
              span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count,
              arrayZip(span.events.time_unix_nano, `events.name`, arrayMap(held -> mapKeys(held), `events.attributes`),
                       arrayMap(held -> mapValues(held), `events.attributes`),
                       arrayMap(sent -> trivet_types(sent), span.events.attributes),
                       span.events.dropped_attributes_count),
              arrayZip(arrayMap(id -> hex(id), span.links.trace_id), arrayMap(id -> hex(id), span.links.span_id),
                       arrayMap(state -> trivet_utf8(state), span.links.trace_state), span.links.flags,
                       arrayMap(held -> mapKeys(held), link_attributes), arrayMap(held -> mapValues(held), link_attributes),
                       arrayMap(sent -> trivet_types(sent), span.links.attributes),
                       span.links.dropped_attributes_count)))) AS more,
       trivet_weight(span.trace_state) AS weight,
       received, record, ordinal
FROM span_rows
WHERE length(span.trace_id) = 16 AND length(span.span_id) = 8
  AND span.trace_id != toFixedString('', 16) AND span.span_id != toFixedString('', 8)
