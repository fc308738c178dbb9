-- Metric points of one kind, series by series; a resend once.
SELECT metric, series_id, toUnixTimestamp64Nano(time) AS at, toUnixTimestamp64Nano(start_time) AS begin, flags, clamped,
       {{figures}}
FROM {{table}}
WHERE time >= fromUnixTimestamp64Nano({start:Int64}) AND time < fromUnixTimestamp64Nano({end:Int64})
  AND received <= fromUnixTimestamp64Nano({horizon:Int64})
  AND metric >= {metric:String}
  AND (metric, series_id, time) > ({metric:String}, {series:UInt64}, fromUnixTimestamp64Nano({at:Int64}))
  AND {{matching}}
ORDER BY metric, series_id, time, received
LIMIT 1 BY metric, series_id, time
LIMIT {limit:UInt32}
