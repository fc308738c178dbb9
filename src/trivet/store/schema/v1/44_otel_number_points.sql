-- Points of gauges and sums.
CREATE TABLE IF NOT EXISTS otel_number_points (
    day Date,
    metric LowCardinality(String),
    series_id UInt64,
    time DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    start_time DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),     -- 1970: not sent
    flags UInt32,                                                   -- bit 1: no recorded value
    clamped Array(UInt64),                                          -- [time, start] as sent, when one does not fit

    value_type Enum8('none' = 0, 'double' = 4, 'int' = 6),
    value Float64 CODEC(Gorilla, ZSTD(1)),
    int_value Int64 CODEC(Delta(8), ZSTD(1)),                       -- exact, where value_type is int
    received DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    record UInt64 CODEC(Delta(8), ZSTD(1)),
    ordinal UInt64,
    INDEX by_received received TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY day ORDER BY (metric, series_id, time)
SETTINGS {table}
