-- The latest report of each span that was open when its program last told (see the SDK's contract, "Span still running").
CREATE TABLE IF NOT EXISTS running_spans (
    day Date,
    trace_id FixedString(16),
    span_id FixedString(8),
    parent_span_id FixedString(8),
    name String,
    kind LowCardinality(String),
    start DateTime64(9, 'UTC'),
    service LowCardinality(String),
    process String,
    attributes Map(LowCardinality(String), String),     -- the span's so far
    types {types},
    stack Array(String),                                -- innermost last
    report UInt64,                                      -- 1, 2, …
    next_after Int64,                                   -- ns until the next report is due
    time DateTime64(9, 'UTC'),                          -- of the report
    severity_number Int32,
    flags UInt32,
    body String,
    resource Map(LowCardinality(String), String),
    resource_id UInt64,
    scope LowCardinality(String),
    scope_version LowCardinality(String),
    scope_attributes Map(LowCardinality(String), String),
    origin LowCardinality(String),
    received DateTime64(9, 'UTC'),
    record UInt64,
    ordinal UInt64
)
ENGINE = ReplacingMergeTree(report)
PARTITION BY day ORDER BY (trace_id, span_id)
SETTINGS {table}
