-- The finished spans of some traces, column by column, a resend once and a trace's spans together. A span is named by
-- a hash of its trace's id and its own, so that one table of names links up all of the traces.
SELECT dense_rank() OVER (ORDER BY cityHash64(trace_id), trace_id) - 1 AS trace,
       sipHash64(trace_id, span_id) AS span,
       if(parent_span_id = toFixedString('', 8), NULL, sipHash64(trace_id, parent_span_id)) AS above,
       service, name, kind, toUnixTimestamp64Nano(start) AS begin, greatest(duration, 0) AS lasts,
       status_code = 2 AS failed, resource_id
FROM (
    SELECT trace_id, span_id, parent_span_id, service, name, kind, start, duration, status_code, resource_id
    FROM otel_spans
    WHERE {{traces_wanted}} AND {{when}}
    LIMIT 1 BY trace_id, span_id
)
ORDER BY trace
LIMIT {limit:UInt32}
FORMAT JSONCompactColumns
