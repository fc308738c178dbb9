-- A selector, or a function over its ranges, at every step of the grid: one row a line, NULL where there is no sample.
-- The engine's functions take a window as Prometheus 3 does, without its beginning and with its end.
SELECT place, edge, {{grid}} AS grid
FROM ({{points}})
WHERE {{alive}}
GROUP BY place, edge
ORDER BY place, edge
LIMIT {most:UInt64}
SETTINGS allow_experimental_time_series_aggregate_functions = 1
