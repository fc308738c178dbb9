-- For people's own SQL: stable names, words instead of numbers, running spans included.
CREATE OR REPLACE VIEW spans AS
SELECT lower(hex(trace_id)) AS trace_id,
       lower(hex(span_id)) AS span_id,
       if(parent_span_id = toFixedString('', 8), '', lower(hex(parent_span_id))) AS parent_span_id,
       service, name,
       transform(kind, [1, 2, 3, 4, 5], ['internal', 'server', 'client', 'producer', 'consumer'], 'unspecified') AS kind,
       start, duration,
       transform(status_code, [1, 2], ['ok', 'error'], 'unset') AS status,
       status_message, attributes, resource, scope, weight, false AS running
FROM otel_spans
UNION ALL
SELECT lower(hex(trace_id)), lower(hex(span_id)),
       if(parent_span_id = toFixedString('', 8), '', lower(hex(parent_span_id))),
       service, name, kind, start,
       toUnixTimestamp64Nano(time) - toUnixTimestamp64Nano(start),
       'unset', '', attributes, resource, scope, toFloat32(1), true
FROM running_spans FINAL
WHERE (trace_id, span_id) NOT IN (
    SELECT trace_id, span_id FROM otel_spans
    WHERE start >= (SELECT min(start) FROM running_spans) AND (trace_id, span_id) IN (SELECT trace_id, span_id FROM running_spans))
