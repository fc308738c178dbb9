-- Between the request and its tables: log records joined with where they came from.
CREATE TABLE IF NOT EXISTS log_rows (
    received DateTime64(9, 'UTC'),
    record UInt64,
    ordinal UInt64,
    resource Map(LowCardinality(String), String),
    resource_id UInt64,
    scope LowCardinality(String),
    scope_version LowCardinality(String),
    scope_attributes Map(LowCardinality(String), String),
    origin LowCardinality(String),
    log {message:LogRecord}
)
ENGINE = Null
