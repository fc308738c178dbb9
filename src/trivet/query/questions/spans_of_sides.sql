-- How many spans of each sampled trace there are in the slots to be read, and whether any is selected.
SELECT cityHash64(trace_id) AS member, count() AS spans, max({{selected}}) AS has_selected
FROM otel_spans
WHERE {{rows}} AND member IN {members:Array(UInt64)}
GROUP BY trace_id
