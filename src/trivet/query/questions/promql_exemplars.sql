-- Exemplars of some series that name a trace, the latest ones.
SELECT series_id, toUnixTimestamp64Milli(time) AS at, value, lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span,
       CAST(attributes, 'Map(String, String)') AS labels
FROM otel_exemplars
WHERE metric IN {metrics:Array(String)} AND series_id IN {ids:Array(UInt64)}
  AND time >= fromUnixTimestamp64Milli({start:Int64}) AND time <= fromUnixTimestamp64Milli({end:Int64})
  AND trace_id != toFixedString('', 16)
ORDER BY time DESC
LIMIT 1 BY series_id, time, trace_id, span_id
LIMIT 10000
