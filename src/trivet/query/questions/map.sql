-- Who calls whom.
SELECT caller, callee, kind, sum(count) AS counted, sum(errors) AS failed,
       quantilesTDigestWeightedMerge(0.5, 0.95, 0.99)(durations)[2] AS p95
FROM edges
WHERE {{in_minutes}}
GROUP BY caller, callee, kind
ORDER BY counted DESC
LIMIT {limit:UInt32}
