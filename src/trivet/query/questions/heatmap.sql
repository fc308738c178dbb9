-- How many rows lie in which stretch of time and at which level of a figure; what is below all levels counts at the lowest.
SELECT intDiv(toUnixTimestamp64Nano(at) - {origin:Int64}, {every:Int64}) AS stretch,
       if(figure > 0, least({levels:Int32} - 1, greatest(0, toInt32(floor(log10(figure) * {steps:Float64} + 1e-9)) - {lowest:Int32})), 0) AS level,
       sum(counted)
FROM (
    SELECT {{time}} AS at, {{figure}} AS figure, {{weight}} AS counted
    FROM {{table}}
    WHERE {{time}} >= fromUnixTimestamp64Nano({start:Int64}) AND {{time}} < fromUnixTimestamp64Nano({end:Int64})
      AND {{filter}}
)
WHERE figure IS NOT NULL
GROUP BY stretch, level
