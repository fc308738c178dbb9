-- How long roots took, by the hour: what a trace's percentile is read from. `red` is in the order of minutes, so that
-- a day of one name costs as much as a day of all (27 ms for an hour of 72 names, half a second for a day).
CREATE TABLE IF NOT EXISTS root_hours (
    day Date,
    hour DateTime('UTC'),
    service LowCardinality(String),
    name LowCardinality(String),
    samples SimpleAggregateFunction(sum, UInt64),
    durations AggregateFunction(quantilesTDigestWeighted(0.5, 0.95, 0.99), Int64, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY day ORDER BY (service, name, hour)
SETTINGS index_granularity = 64, {table}
