-- Figures by group, in all or by stretches of time. `places` keeps to the groups that are shown, by their hash.
SELECT [{{groups}}] AS grouped,
       intDiv(toUnixTimestamp64Nano({{time}}) - {origin:Int64}, {every:Int64}) AS stretch,
       toString(cityHash64(grouped)) AS place,
       {{figures}}
FROM {{table}}
WHERE {{time}} >= fromUnixTimestamp64Nano({start:Int64}) AND {{time}} < fromUnixTimestamp64Nano({end:Int64})
  AND {{filter}} AND {{places}}
GROUP BY grouped, stretch
ORDER BY stretch
