-- The last report of each span of the trace that told it was running.
SELECT lower(hex(span_id)) AS span_hex, lower(hex(parent_span_id)) AS parent_hex, service, name, kind,
       toUnixTimestamp64Nano(start) AS begin, toUnixTimestamp64Nano(time) AS seen,
       mapKeys(attributes) AS keys, mapValues(attributes) AS texts, CAST(types, 'Array(Int8)') AS kinds,
       stack, flags, resource_id, origin, process, toUnixTimestamp64Nano(received) + next_after AS due
FROM running_spans
WHERE trace_id = toFixedString(unhex({trace:String}), 16)
ORDER BY report DESC, span_id
LIMIT 1 BY span_id
