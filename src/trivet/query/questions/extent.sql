-- How many rows there are in the time, and from when to when.
SELECT count() AS rows, toUnixTimestamp64Nano(min({{time}})) AS first, toUnixTimestamp64Nano(max({{time}})) AS last
FROM {{table}}
WHERE {{asked}}
