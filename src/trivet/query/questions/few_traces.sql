-- The traces that match and when each was, or one more than are few.
SELECT lower(hex(trace_id)) AS trace_hex, toUnixTimestamp64Nano(min(start)), toUnixTimestamp64Nano(max(end))
FROM trace_ranges
WHERE trace_id IN (SELECT DISTINCT trace_id FROM {{table}} WHERE {{asked}} AND {{filter}} LIMIT {limit:UInt32})
GROUP BY trace_id
