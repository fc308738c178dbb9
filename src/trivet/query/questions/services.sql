-- Every service with spans in the time, by its entry spans: server and consumer, or roots where it has none of these.
WITH entering AS (
    SELECT service FROM red
    WHERE {{in_minutes}}
      AND kind IN (2, 5)
),
kind IN (2, 5) OR (root AND service NOT IN entering) AS entry
SELECT red.service AS name,
       sumIf(red.count, entry) AS counted, sumIf(red.errors, entry) AS failed,
       quantilesTDigestWeightedMergeIf(0.5, 0.95, 0.99)(durations, entry) AS levels,
       uniqExactIf(red.name, entry) AS operations,
       greatest(any(heard), toUnixTimestamp64Nano(toDateTime64(max(minute), 9))) AS last_seen
FROM red
LEFT JOIN (
    SELECT service, toUnixTimestamp64Nano(max(last_seen)) AS heard FROM processes GROUP BY service
) AS heard_of ON heard_of.service = red.service
WHERE {{in_minutes}}
GROUP BY red.service
ORDER BY counted DESC, name
LIMIT {limit:UInt32}
