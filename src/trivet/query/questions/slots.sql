-- Slots of time with rows that match, in the order of a hash; and how many rows match in all (see sample.py).
SELECT intDiv(toUnixTimestamp64Nano({{time}}), {slot_width:Int64}) AS slot, count() AS counted,
       sum(counted) OVER () AS matching
FROM {{table}}
WHERE {{asked}} AND {{filter}}
GROUP BY slot
ORDER BY sipHash64(slot)
LIMIT {most:UInt32}
