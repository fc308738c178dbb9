-- Each series once a day: what its points have in common.
CREATE TABLE IF NOT EXISTS otel_series (
    day Date,
    metric LowCardinality(String),
    series_id UInt64,
    type Enum8('gauge' = 5, 'sum' = 7, 'histogram' = 9, 'exponential_histogram' = 10, 'summary' = 11),
    unit LowCardinality(String),
    description String,
    temporality Int32,                      -- 0 unspecified, 1 delta, 2 cumulative
    monotonic Nullable(Bool),
    metadata Map(LowCardinality(String), String),
    metadata_types {types},
    service LowCardinality(String),
    attributes Map(LowCardinality(String), String),
    types {types},
    ints Map(LowCardinality(String), Int64),
    doubles Map(LowCardinality(String), Float64),
    elements Array(String),
    resource Map(LowCardinality(String), String),
    resource_id UInt64,
    scope LowCardinality(String),
    scope_version LowCardinality(String),
    scope_attributes Map(LowCardinality(String), String),
    origin LowCardinality(String),
    last_seen DateTime64(9, 'UTC'),         -- received
    items Array(String) ALIAS arrayConcat(
        arrayMap((key, value) -> concat(key, '=', value), mapKeys(attributes), mapValues(attributes)),
        arrayMap((key, value) -> concat(key, '=', value), mapKeys(resource), mapValues(resource)),
        elements),
    INDEX by_items items TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(last_seen)
PARTITION BY day ORDER BY (metric, series_id)
SETTINGS index_granularity = 1024, {table}
