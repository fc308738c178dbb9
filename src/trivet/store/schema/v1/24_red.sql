-- Rate, errors and duration by the minute. Rollups count a span that was sent twice twice; the tables do not show it.
CREATE TABLE IF NOT EXISTS red (
    day Date,
    minute DateTime('UTC'),
    service LowCardinality(String),
    name LowCardinality(String),
    kind Int32,
    root Bool,
    samples SimpleAggregateFunction(sum, UInt64),
    count SimpleAggregateFunction(sum, Float64),
    errors SimpleAggregateFunction(sum, Float64),
    durations AggregateFunction(quantilesTDigestWeighted(0.5, 0.95, 0.99), Int64, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY day ORDER BY (minute, service, name, kind, root)
SETTINGS {table}
