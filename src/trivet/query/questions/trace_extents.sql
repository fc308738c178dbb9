-- When each of some traces was, by hash of its id.
SELECT cityHash64(trace_id) AS member, toUnixTimestamp64Nano(min(start)) AS first,
    toUnixTimestamp64Nano(max(end)) AS last
FROM trace_ranges
WHERE {{traces_wanted}}
GROUP BY trace_id
