INSERT INTO root_hours
SELECT day, toStartOfHour(minute) AS hour, service, name, sum(samples) AS samples,
       quantilesTDigestWeightedMergeState(0.5, 0.95, 0.99)(durations) AS durations
FROM red
WHERE root
GROUP BY day, hour, service, name
