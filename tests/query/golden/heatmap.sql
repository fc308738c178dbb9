-- The smallest and the largest value of a field, the smallest above zero, and how many rows have one.
SELECT min(number), max(number), minIf(number, number > 0), count()
FROM (
    SELECT number_0 AS number
    FROM (SELECT toUnixTimestamp64Nano(start) AS at, trace_id,
       weight,
       status_code = 2 AS failed,
       toFloat64(duration) AS number_0, [toString(duration)] AS texts_0
FROM otel_spans
WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND service = {f0:String})
LIMIT 1 BY trace_id, span_id)
    WHERE isFinite(number)
)

-- How many rows, and how many failed ones, lie in which stretch of time and at which level of a field.
SELECT intDiv(at, {every:Int64}) AS stretch, least({levels:Int32} - 1, greatest(0, toInt32(if(number > 0, floor(log10(number) * {steps:Float64} + 1e-9) - {lowest:Int32}, 0)))) AS at_level,
       sum(weight) AS counted, sumIf(weight, failed) AS errors
FROM (
    SELECT at, number_0 AS number, weight, failed
    FROM (SELECT toUnixTimestamp64Nano(start) AS at, trace_id,
       weight,
       status_code = 2 AS failed,
       toFloat64(duration) AS number_0, [toString(duration)] AS texts_0
FROM otel_spans
WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND service = {f0:String})
LIMIT 1 BY trace_id, span_id)
    WHERE isFinite(number)
)
GROUP BY stretch, at_level
