SELECT count() AS came
FROM {{table}}
WHERE received > fromUnixTimestamp64Nano({since:Int64}) AND received <= fromUnixTimestamp64Nano({until:Int64})
  AND {{filter}}
