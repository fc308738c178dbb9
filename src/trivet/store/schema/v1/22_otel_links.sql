-- Span links by what they point at, for the way back.
CREATE TABLE IF NOT EXISTS otel_links (
    day Date,
    linked_trace_id FixedString(16),
    linked_span_id FixedString(8),
    trace_id FixedString(16),
    span_id FixedString(8),
    service LowCardinality(String),
    name LowCardinality(String),
    start DateTime64(9, 'UTC')
)
ENGINE = MergeTree
PARTITION BY day ORDER BY (linked_trace_id, linked_span_id)
SETTINGS index_granularity = 1024, {table}
