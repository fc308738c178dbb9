-- The same, added up by group (see promql_grid.sql).
SELECT {groups:Array(UInt32)}[place + 1] AS line, {{edge}} AS edge, sumForEach(grid) AS grid
FROM (
    SELECT place, edge, {{grid}} AS grid
    FROM ({{points}})
    WHERE {{alive}}
    GROUP BY place, edge
)
GROUP BY line, edge
ORDER BY line, edge
LIMIT {most:UInt64}
SETTINGS allow_experimental_time_series_aggregate_functions = 1
