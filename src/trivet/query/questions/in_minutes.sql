minute >= toStartOfMinute(fromUnixTimestamp64Nano({start:Int64}))
  AND minute < fromUnixTimestamp64Nano({end:Int64})
