-- The finished spans of some traces without what hangs on them, a resend once.
SELECT lower(hex(trace_id)) AS trace_hex, lower(hex(span_id)) AS span_hex, lower(hex(parent_span_id)) AS parent_hex,
       service, name, kind, toUnixTimestamp64Nano(start) AS begin, duration, status_code, resource_id
FROM otel_spans
WHERE {{traces_wanted}} AND {{when}}
LIMIT 1 BY trace_id, span_id
LIMIT {limit:UInt32}
