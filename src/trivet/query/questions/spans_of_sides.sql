-- Of each trace that may be sampled: how many spans there are, in which slots, and whether any is selected.
SELECT cityHash64(trace_id) AS member, count() AS spans, max({{selected}}) AS has_selected,
       groupUniqArray(64)(intDiv(toUnixTimestamp64Nano(start), {slot_width:Int64})) AS slots
FROM otel_spans
WHERE {{rows}} AND member IN {members:Array(UInt64)}
GROUP BY trace_id
