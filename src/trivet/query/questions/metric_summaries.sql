-- Summaries by group and stretch of time; each quantile is the mean of those reported, weighted by what was added.
WITH points AS (
    SELECT series_id, time, start_time, count, sum, quantiles, values
    FROM otel_summary_points
    WHERE {{points_asked}}
    ORDER BY series_id, time, received
    LIMIT 1 BY series_id, time
),
steps AS (
    SELECT series_id, time, quantiles, values,
           row_number() OVER by_time > 1 AS follows,
           lagInFrame(time) OVER by_time AS time_before,
           start_time <= time AND start_time > greatest(
               if(follows, time_before, fromUnixTimestamp64Nano({start:Int64} - 1)),
               fromUnixTimestamp64Nano(0)) AS began,
           began OR (follows AND count < lagInFrame(count) OVER by_time) AS anew,
           multiIf(anew, toInt64(count), follows, toInt64(count) - toInt64(lagInFrame(count) OVER by_time), 0) AS added,
           multiIf(anew, sum, follows, sum - lagInFrame(sum) OVER by_time, 0) AS amount,
           arrayFilter(pair -> NOT isNaN(pair.2), arrayZip(quantiles, values)) AS known
    FROM points
    WINDOW by_time AS (PARTITION BY series_id ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
SELECT transform(series_id, {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
       intDiv(toUnixTimestamp64Nano(time) - {origin:Int64}, {every:Int64}) AS stretch,
       count() AS counted, sum(added) AS increase, sum(amount) AS total,
       sumMap(known.1, arrayMap(pair -> pair.2 * greatest(added, 1), known)) AS weighted,
       sumMap(known.1, arrayMap(_ -> toFloat64(greatest(added, 1)), known)) AS weights
FROM steps
WHERE time >= fromUnixTimestamp64Nano({start:Int64})
GROUP BY place, stretch
ORDER BY place, stretch
