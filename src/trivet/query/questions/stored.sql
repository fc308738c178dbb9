-- How many rows the tables hold, resends included; one that is empty is left out.
SELECT table, sum(rows)
FROM system.parts
WHERE active AND database = currentDatabase() AND table IN ({tables:Array(String)})
GROUP BY table
