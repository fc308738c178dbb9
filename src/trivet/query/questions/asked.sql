-- What was asked, the newest first; a repeated question once, as it was last written.
SELECT toUnixTimestamp64Nano(time) AS at, id, toUnixTimestamp64Nano(until) AS last, times, who, session, origin, call,
       text, start, end, rows_read, ms, answer_rows, error, link
FROM asked FINAL
WHERE time < fromUnixTimestamp64Nano({end:Int64}) AND until >= fromUnixTimestamp64Nano({start:Int64})
  AND time <= fromUnixTimestamp64Nano({horizon:Int64})
  AND {{after}} AND {{session}}
ORDER BY time DESC, id DESC
LIMIT {limit:UInt32}
