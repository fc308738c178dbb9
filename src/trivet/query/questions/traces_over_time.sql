-- Traces of some groups by the stretch of time in which the first of a trace's rows lies: each counts once.
SELECT place, intDiv(first, {every:Int64}) AS stretch, count() AS traces
FROM (
    SELECT transform(cityHash64({{group}}), {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
           trace_id, min(at) AS first
    FROM (
{{sum_rows}}
    )
    WHERE trace_id != toFixedString('', 16) AND place > 0
    GROUP BY place, trace_id
)
GROUP BY place, stretch
