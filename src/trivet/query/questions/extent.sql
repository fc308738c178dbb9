-- How many rows there are in the time, and from when to when: no more is read than the first and the last granule.
SELECT (SELECT count() FROM {{table}} WHERE {{asked}}) AS rows,
       (SELECT toUnixTimestamp64Nano({{time}}) FROM {{table}} WHERE {{asked}} ORDER BY {{time}} LIMIT 1) AS first,
       (SELECT toUnixTimestamp64Nano({{time}}) FROM {{table}} WHERE {{asked}} ORDER BY {{time}} DESC LIMIT 1) AS last
