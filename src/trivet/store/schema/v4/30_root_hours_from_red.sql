CREATE MATERIALIZED VIEW IF NOT EXISTS root_hours_from_red TO root_hours AS
SELECT day, toStartOfHour(minute) AS hour, service, name, sum(red.samples) AS samples,
       quantilesTDigestWeightedMergeState(0.5, 0.95, 0.99)(red.durations) AS durations
FROM red
WHERE root
GROUP BY day, hour, service, name
