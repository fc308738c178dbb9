-- Traces with rows that match, in the order of a hash of their ids; and between when of each.
SELECT cityHash64(trace_id) AS member, lower(hex(trace_id)) AS trace_hex,
       toUnixTimestamp64Nano(min(start)) AS first, toUnixTimestamp64Nano(max(start)) AS last
FROM otel_spans
WHERE {{rows}}
GROUP BY trace_id
ORDER BY member
LIMIT {limit:UInt32}
