-- Exponential histograms by group and stretch of time, all at the lowest scale among them: what was added to each
-- bucket,
-- by its index (see metric_numbers.sql). What lies in bucket i lies in bucket i >> d at a scale lower by d.
WITH points AS (
    SELECT series_id, time, start_time, count, sum, min, max, scale, zero_count, zero_threshold,
           positive_offset, positive_counts, negative_offset, negative_counts
    FROM otel_exponential_points
    WHERE {{points_asked}}
    ORDER BY series_id, time, received
    LIMIT 1 BY series_id, time
),
(SELECT min(scale) FROM points) AS lowest_scale,
rescaled AS (
    SELECT *,
           CAST(arrayReduce('sumMap',
                [arrayMap(at -> bitShiftRight(positive_offset + toInt32(at) - 1, scale - lowest_scale),
                    arrayEnumerate(positive_counts))],
                [CAST(positive_counts, 'Array(Int64)')]), 'Map(Int32, Int64)') AS positive,
           CAST(arrayReduce('sumMap',
                [arrayMap(at -> bitShiftRight(negative_offset + toInt32(at) - 1, scale - lowest_scale),
                    arrayEnumerate(negative_counts))],
                [CAST(negative_counts, 'Array(Int64)')]), 'Map(Int32, Int64)') AS negative
    FROM points
),
steps AS (
    SELECT series_id, time, min, max, zero_threshold,
           series_id IN {deltas:Array(UInt64)} AS delta,
           row_number() OVER by_time > 1 AS follows,
           lagInFrame(time) OVER by_time AS time_before,
           start_time <= time AND start_time > greatest(
               if(follows, time_before, fromUnixTimestamp64Nano({start:Int64} - 1)),
               fromUnixTimestamp64Nano(0)) AS began,
           began OR (follows AND count < lagInFrame(count) OVER by_time) AS anew,
           delta OR anew AS whole,
           multiIf(whole, toInt64(count), follows, toInt64(count) - toInt64(lagInFrame(count) OVER by_time),
               0) AS added,
           multiIf(whole, sum, follows, sum - lagInFrame(sum) OVER by_time, 0) AS amount,
           multiIf(whole, toInt64(zero_count), follows,
               toInt64(zero_count) - toInt64(lagInFrame(zero_count) OVER by_time), 0) AS zeros,
           multiIf(whole, positive, follows, mapSubtract(positive, lagInFrame(positive) OVER by_time), CAST(map(),
               'Map(Int32, Int64)')) AS above,
           multiIf(whole, negative, follows, mapSubtract(negative, lagInFrame(negative) OVER by_time), CAST(map(),
               'Map(Int32, Int64)')) AS below
    FROM rescaled
    WINDOW by_time AS (PARTITION BY series_id ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
SELECT transform(series_id, {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
       intDiv(toUnixTimestamp64Nano(time) - {origin:Int64}, {every:Int64}) AS stretch,
       count() AS counted, sum(added) AS increase, sum(amount) AS total,
       min(steps.min) AS lowest, max(steps.max) AS highest, countIf(NOT delta) = 0 AS exact,
       any(lowest_scale) AS scale, sum(zeros) AS zero, max(zero_threshold) AS threshold,
       sumMap(above) AS added_above, sumMap(below) AS added_below
FROM steps
WHERE time >= fromUnixTimestamp64Nano({start:Int64})
GROUP BY place, stretch
ORDER BY place, stretch
