-- The bounds of histograms, or quantiles of summaries, that each series reported.
SELECT series_id, arraySort(groupUniqArrayArray({{column}})) AS edges
FROM {{table}}
WHERE metric IN {metrics:Array(String)} AND series_id IN {ids:Array(UInt64)}
  AND time >= fromUnixTimestamp64Milli({start:Int64})
GROUP BY series_id
