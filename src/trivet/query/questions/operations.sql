-- The entry spans of one service by name and kind; see services.sql.
WITH entering AS (
    SELECT service FROM red
    WHERE {{in_minutes}}
      AND kind IN (2, 5) AND service = {service:String}
)
SELECT name, kind, sum(red.count) AS counted, sum(red.errors) AS failed,
       quantilesTDigestWeightedMerge(0.5, 0.95, 0.99)(durations) AS levels,
       toUnixTimestamp64Nano(toDateTime64(max(minute), 9)) AS last_seen
FROM red
WHERE {{in_minutes}}
  AND service = {service:String}
  AND (kind IN (2, 5) OR (root AND service NOT IN entering))
GROUP BY name, kind
ORDER BY counted DESC, name
LIMIT {limit:UInt32}
