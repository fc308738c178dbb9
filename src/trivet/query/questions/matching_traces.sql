-- Which traces match: an even sample, the same at every asking, since it goes by a hash of the id.
SELECT lower(hex(trace_id)) AS trace_hex
FROM {{table}}
WHERE {{asked}} AND {{filter}} AND trace_id != toFixedString('', 16)
GROUP BY trace_id
ORDER BY cityHash64(trace_id), trace_id
LIMIT {limit:UInt32}
