-- What was acknowledged but could not be filed, with the reason and the message as it was read.
CREATE TABLE IF NOT EXISTS otel_rejects (
    day Date,
    signal LowCardinality(String),
    reason LowCardinality(String),
    message String,
    received DateTime64(9, 'UTC'),
    record UInt64
)
ENGINE = MergeTree
PARTITION BY day ORDER BY received
SETTINGS {table}
