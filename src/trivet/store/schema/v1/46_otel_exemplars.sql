-- Exemplars: the way from a point to the trace that made it, and from a trace to the points it stands in.
CREATE TABLE IF NOT EXISTS otel_exemplars (
    day Date,
    metric LowCardinality(String),
    series_id UInt64,
    time DateTime64(9, 'UTC'),
    value_type Enum8('none' = 0, 'double' = 3, 'int' = 6),
    value Float64,
    int_value Int64,
    trace_id FixedString(16),               -- zeros: no trace
    span_id FixedString(8),
    attributes Map(LowCardinality(String), String),
    types {types},
    received DateTime64(9, 'UTC'),
    record UInt64,
    INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY day ORDER BY (metric, series_id, time)
SETTINGS index_granularity = 1024, {table}
