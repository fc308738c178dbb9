-- Which traces are on a page, and what they are ordered by. Spans up to an hour before the asked time are looked at,
-- for the roots of traces that were under way when it began.
SELECT lower(hex(trace_id)) AS trace_hex, {{key}} AS key, toUnixTimestamp64Nano(min(start)) AS first
FROM otel_spans
WHERE start >= fromUnixTimestamp64Nano({before:Int64}) AND start < fromUnixTimestamp64Nano({until:Int64})
  AND received <= fromUnixTimestamp64Nano({horizon:Int64})
  AND {{among}}
GROUP BY trace_id
HAVING {{inside}} AND {{after}}
ORDER BY key {{direction}}, first {{direction}}, trace_id {{direction}}
LIMIT {limit:UInt32}
