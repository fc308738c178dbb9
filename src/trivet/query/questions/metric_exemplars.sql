-- Examples of a metric's values that name a trace: the largest of each stretch of time, a trace once.
SELECT place, stretch, argMax(at, value) AS at, max(value) AS largest, trace, argMax(span, value) AS span
FROM (
    SELECT transform(series_id, {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
           intDiv(toUnixTimestamp64Nano(time) - {origin:Int64}, {every:Int64}) AS stretch,
           toUnixTimestamp64Nano(time) AS at, value, lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span
    FROM otel_exemplars
    WHERE metric = {metric:String} AND series_id IN {ids:Array(UInt64)}
      AND time >= fromUnixTimestamp64Nano({start:Int64}) AND time < fromUnixTimestamp64Nano({end:Int64})
      AND trace_id != toFixedString('', 16)
)
GROUP BY place, stretch, trace
ORDER BY stretch, largest DESC, at
LIMIT {most:UInt32} BY stretch
LIMIT 1000
