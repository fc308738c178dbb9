-- Between the request and its tables: spans joined with where they came from. Two narrow views instead of one wide one
-- because the engine analyses a view anew for every insert, and what that costs grows with the types in sight.
CREATE TABLE IF NOT EXISTS span_rows (
    received DateTime64(9, 'UTC'),
    record UInt64,
    ordinal UInt64,
    resource Map(LowCardinality(String), String),
    resource_id UInt64,
    scope LowCardinality(String),
    scope_version LowCardinality(String),
    scope_attributes Map(LowCardinality(String), String),
    origin LowCardinality(String),
    span {message:Span}
)
ENGINE = Null
