-- Figures of some groups by stretches of time; groups are known by a hash of their values (see sums.sql).
SELECT transform(cityHash64({{group}}), {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
       intDiv(at, {every:Int64}) AS stretch,
       {{figures}}
FROM (
{{sum_rows}}
)
WHERE place > 0
GROUP BY place, stretch
ORDER BY place, stretch
