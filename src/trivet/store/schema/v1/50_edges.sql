-- Who called whom, by the minute; written by store/edges.py (a view sees only its own insert, an edge needs both ends).
CREATE TABLE IF NOT EXISTS edges (
    day Date,
    minute DateTime('UTC'),
    caller LowCardinality(String),
    callee LowCardinality(String),
    kind LowCardinality(String),            -- call, queue, database
    count SimpleAggregateFunction(sum, Float64),
    errors SimpleAggregateFunction(sum, Float64),
    durations AggregateFunction(quantilesTDigestWeighted(0.5, 0.95, 0.99), Int64, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY day ORDER BY (minute, caller, callee, kind)
SETTINGS {table}
