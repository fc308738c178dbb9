-- Histograms by group, stretch of time and bounds: what was added to each bucket (see metric_numbers.sql).
WITH points AS (
    SELECT series_id, time, start_time, count, sum, min, max, bounds, bucket_counts
    FROM otel_histogram_points
    WHERE {{points_asked}}
    ORDER BY series_id, time, received
    LIMIT 1 BY series_id, time
),
steps AS (
    SELECT series_id, time, min, max, bounds,
           series_id IN {deltas:Array(UInt64)} AS delta,
           row_number() OVER by_time > 1 AS follows,
           lagInFrame(time) OVER by_time AS time_before,
           start_time <= time AND start_time > greatest(
               if(follows, time_before, fromUnixTimestamp64Nano({start:Int64} - 1)),
               fromUnixTimestamp64Nano(0)) AS began,
           began OR (follows AND (count < lagInFrame(count) OVER by_time
               OR bounds != lagInFrame(bounds) OVER by_time)) AS anew,
           multiIf(delta OR anew, toInt64(count), follows, toInt64(count) - toInt64(lagInFrame(count) OVER by_time),
               0) AS added,
           multiIf(delta OR anew, sum, follows, sum - lagInFrame(sum) OVER by_time, 0) AS amount,
           multiIf(delta OR anew, CAST(bucket_counts, 'Array(Int64)'),
                   follows, arrayMap((now, before) -> toInt64(now) - toInt64(before), bucket_counts,
                                     arrayResize(lagInFrame(bucket_counts) OVER by_time, length(bucket_counts))),
                   arrayMap(_ -> toInt64(0), bucket_counts)) AS buckets
    FROM points
    WINDOW by_time AS (PARTITION BY series_id ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
SELECT transform(series_id, {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
       intDiv(toUnixTimestamp64Nano(time) - {origin:Int64}, {every:Int64}) AS stretch, bounds,
       count() AS counted, sum(added) AS increase, sum(amount) AS total,
       min(steps.min) AS lowest, max(steps.max) AS highest, countIf(NOT delta) = 0 AS exact,
       sumForEach(buckets) AS added_to
FROM steps
WHERE time >= fromUnixTimestamp64Nano({start:Int64})
GROUP BY place, stretch, bounds
ORDER BY place, stretch, bounds
