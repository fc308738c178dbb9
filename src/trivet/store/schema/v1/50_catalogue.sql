-- Which attributes there are and what they hold, for completion; written by store/catalogue.py. Values up to 128 bytes,
-- at most 1,000 of a key and day; beyond that only the key (value '', listed = 0) is counted.
CREATE TABLE IF NOT EXISTS catalogue (
    day Date,
    signal LowCardinality(String),          -- traces, logs, metrics
    place LowCardinality(String),           -- span, log, point, resource, event
    key LowCardinality(String),
    type LowCardinality(String),
    value String,
    listed Bool,
    count SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY day ORDER BY (signal, place, key, type, listed, value)
SETTINGS {table}
