-- How long roots of one service and name took in a day, from the rollup by the hour: 101 quantiles.
SELECT quantilesTDigestWeightedMerge({{levels}})(durations) AS levels, toUInt64(sum(samples)) AS samples
FROM root_hours
WHERE service = {service:String} AND name = {name:String}
  AND hour >= fromUnixTimestamp({start:Int64}) AND hour < fromUnixTimestamp({end:Int64})
