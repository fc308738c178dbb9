SELECT lower(hex(trace_id)) AS trace_hex, uniqExact(id) AS logs
FROM otel_logs
WHERE {{traces_wanted}} AND {{when}}
GROUP BY trace_id
