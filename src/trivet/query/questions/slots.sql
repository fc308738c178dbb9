-- Slots of time with rows that match, in the order of a hash; and how many match, of how many rows looked at
-- (sample.py).
SELECT intDiv(toUnixTimestamp64Nano({{time}}), {slot_width:Int64}) AS slot, {{counted}} AS counted,
       sum(counted) OVER () AS matching, sum(count()) OVER () AS rows
FROM {{table}}
WHERE {{rows}}
GROUP BY slot
ORDER BY counted = 0, sipHash64(slot)
LIMIT {most:UInt32}
