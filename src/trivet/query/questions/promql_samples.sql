-- The samples of each line as they came, for what is worked out in Python.
SELECT place, edge, groupArray(at) AS times, groupArray(value) AS numbers, groupArray(stale) AS stales
FROM (
    SELECT place, edge, toUnixTimestamp64Milli(time) AS at, value, stale
    FROM ({{points}})
    WHERE {{alive}}
    ORDER BY place, edge, time
    LIMIT {most:UInt64}
)
GROUP BY place, edge
ORDER BY place, edge
