-- Gauges and sums by group (`place`) and stretch of time. What a point adds to its series (`increase`) is the value of
-- a delta; of a cumulative one the difference to the point before, or the whole value when the series began anew. A
-- start after the point's own time says nothing (some senders give the time of sending).
WITH points AS (
    SELECT series_id, time, start_time, value
    FROM otel_number_points
    WHERE {{points_asked}}
      AND value_type != 'none'
    ORDER BY series_id, time, received
    LIMIT 1 BY series_id, time
),
steps AS (
    SELECT series_id, time, value, series_id IN {deltas:Array(UInt64)} AS delta,
           row_number() OVER by_time > 1 AS follows,
           lagInFrame(value) OVER by_time AS value_before,
           lagInFrame(time) OVER by_time AS time_before,
           start_time <= time AND start_time > greatest(
               if(follows, time_before, fromUnixTimestamp64Nano({start:Int64} - 1)),
               fromUnixTimestamp64Nano(0)) AS anew,
           multiIf(delta, value,
                   NOT follows, if(anew AND {monotonic:Bool}, value, 0),
                   {monotonic:Bool} AND (anew OR value < value_before), value,
                   value - value_before) AS increase,
           (toUnixTimestamp64Nano(time) - toUnixTimestamp64Nano(multiIf(
                delta AND start_time <= time AND start_time > fromUnixTimestamp64Nano(0), start_time,
                follows AND NOT anew, time_before,
                anew, start_time,
                time))) / 1e9 AS seconds,
           if({monotonic:Bool}, if(seconds > 0, increase / seconds, NULL), value) AS observed
    FROM points
    WINDOW by_time AS (PARTITION BY series_id ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
SELECT transform(series_id, {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place, stretch,
       sum(points) AS counted, sum(added) AS increase, sum(mean) AS total,
       sum(observed_sum) / sum(observed_count) AS average, min(least) AS lowest, max(most) AS highest,
       argMax(newest, at) AS latest, sum(newest) AS latest_sum,
       quantilesMerge({{levels}})(states) AS quantiles
FROM (
    SELECT series_id, intDiv(toUnixTimestamp64Nano(time) - {origin:Int64}, {every:Int64}) AS stretch,
           count() AS points, sum(increase) AS added, avg(value) AS mean,
           sum(observed) AS observed_sum, count(observed) AS observed_count, min(observed) AS least,
               max(observed) AS most,
           argMax(value, time) AS newest, max(time) AS at,
           quantilesState({{levels}})(observed) AS states
    FROM steps
    WHERE time >= fromUnixTimestamp64Nano({start:Int64})
    GROUP BY series_id, stretch
)
GROUP BY place, stretch
ORDER BY place, stretch
