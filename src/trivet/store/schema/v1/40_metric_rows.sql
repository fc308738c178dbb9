-- Between the request and its tables: metrics joined with where they came from, once for all views that file them.
CREATE TABLE IF NOT EXISTS metric_rows (
    received DateTime64(9, 'UTC'),
    record UInt64,
    resource_at UInt32,
    metric_at UInt64,                       -- scope and metric, the middle part of the ordinal
    resource Map(LowCardinality(String), String),
    resource_id UInt64,
    scope LowCardinality(String),
    scope_version LowCardinality(String),
    scope_attributes Map(LowCardinality(String), String),
    origin LowCardinality(String),
    metric {message:Metric},
    temporality Int32,
    monotonic Nullable(Bool),
    family UInt64                           -- hash of all that a series shares with its siblings
)
ENGINE = Null
