-- The smallest and the largest value of a figure that is above zero, and how many rows hold it.
SELECT minIf(figure, figure > 0), maxIf(figure, figure > 0), count(figure)
FROM (
    SELECT {{figure}} AS figure
    FROM {{table}}
    WHERE {{time}} >= fromUnixTimestamp64Nano({start:Int64}) AND {{time}} < fromUnixTimestamp64Nano({end:Int64})
      AND {{filter}}
)
