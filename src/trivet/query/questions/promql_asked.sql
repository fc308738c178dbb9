metric IN {metrics:Array(String)} AND series_id IN {ids:Array(UInt64)}
      AND time > fromUnixTimestamp64Milli({after:Int64}) AND time <= fromUnixTimestamp64Milli({until:Int64})
