-- How long roots of one service and name took in a day, from the rollup by the minute: 101 quantiles.
SELECT quantilesTDigestWeightedMerge({{levels}})(durations) AS levels, toUInt64(sum(samples)) AS samples
FROM red
WHERE root AND service = {service:String} AND name = {name:String}
  AND minute >= fromUnixTimestamp({start:Int64}) AND minute < fromUnixTimestamp({end:Int64})
