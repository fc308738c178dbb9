metric = {metric:String} AND series_id IN {ids:Array(UInt64)}
      AND time >= fromUnixTimestamp64Nano({before:Int64}) AND time < fromUnixTimestamp64Nano({end:Int64})
      AND NOT bitTest(flags, 0)
