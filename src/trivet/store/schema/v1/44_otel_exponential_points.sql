CREATE TABLE IF NOT EXISTS otel_exponential_points (
    day Date,
    metric LowCardinality(String),
    series_id UInt64,
    time DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    start_time DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),     -- 1970: not sent
    flags UInt32,                                                   -- bit 1: no recorded value
    clamped Array(UInt64),                                          -- [time, start] as sent, when one does not fit
    count UInt64,
    sum Nullable(Float64),
    min Nullable(Float64),
    max Nullable(Float64),
    scale Int32,                                                    -- bucket i is (2^(i/2^scale), 2^((i+1)/2^scale)]
    zero_count UInt64,
    zero_threshold Float64,
    positive_offset Int32,
    positive_counts Array(UInt64),
    negative_offset Int32,
    negative_counts Array(UInt64),
    received DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    record UInt64 CODEC(Delta(8), ZSTD(1)),
    ordinal UInt64,
    INDEX by_received received TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY day ORDER BY (metric, series_id, time)
SETTINGS {table}
