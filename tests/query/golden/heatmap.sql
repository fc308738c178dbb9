-- Whether anything that a question reads had been sent before: hardly ever.
SELECT count()
FROM (
-- Rows that had been sent before: those known (store/steps.py), and of what came since all but the first of those
-- that are alike.
SELECT time, received, record, ordinal
FROM resends
WHERE signal = 'traces' AND time >= fromUnixTimestamp64Nano({known0:Int64}) AND time < fromUnixTimestamp64Nano({known1:Int64})
UNION ALL
SELECT start, received, record, ordinal
FROM (
    SELECT start, received, record, ordinal,
           row_number() OVER (PARTITION BY start, trace_id, span_id ORDER BY received, record, ordinal) AS nth
    FROM otel_spans
    WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND service = {f0:String}) AND start IN (
        SELECT any(start)
        FROM otel_spans
        WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND service = {f0:String}) AND toStartOfMinute(start) IN (
            SELECT toStartOfMinute(start) FROM otel_spans WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND service = {f0:String}) AND received >= (SELECT max(minute) + INTERVAL 1 MINUTE FROM steps WHERE step = 'resends'))
        GROUP BY cityHash64(start, trace_id, span_id)
        HAVING count() > 1 AND max(received) >= (SELECT max(minute) + INTERVAL 1 MINUTE FROM steps WHERE step = 'resends')
    )
)
WHERE nth > 1 AND received >= (SELECT max(minute) + INTERVAL 1 MINUTE FROM steps WHERE step = 'resends')
)

-- The smallest and the largest value of a field, the smallest above zero, and how many rows have one.
SELECT min(number), max(number), minIf(number, number > 0), count()
FROM (
    SELECT number_0 AS number
    FROM (SELECT toUnixTimestamp64Nano(start) AS at, trace_id,
       weight,
       status_code = 2 AS failed,
       toFloat64(duration) AS number_0, [toString(duration)] AS texts_0
FROM (SELECT * FROM otel_spans WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND service = {f0:String})) AS matching)
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
FROM (SELECT * FROM otel_spans WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND service = {f0:String})) AS matching)
    WHERE isFinite(number)
)
GROUP BY stretch, at_level
