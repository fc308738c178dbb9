-- Log records, as spans are kept. `id` is a hash of the whole record and where it came from: what a resend is told by.
CREATE TABLE IF NOT EXISTS otel_logs (
    day Date,
    time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),             -- the record's; else when it was observed; else received
    observed_time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),    -- 1970: not sent
    time_from Enum8('time' = 1, 'observed' = 2, 'received' = 3),
    clamped Array(UInt64),                                          -- [time, observed] as sent, when one does not fit
    id UInt64,
    trace_id FixedString(16),                                       -- zeros: not in a trace
    span_id FixedString(8),
    flags UInt32,
    severity_number Int32,
    severity_text LowCardinality(String),
    event_name LowCardinality(String),
    body String,                                                    -- canonical text, see trivet_text
    body_type Enum8('empty' = 0, 'string' = 1, 'bool' = 2, 'int' = 3, 'double' = 4, 'array' = 5, 'kvlist' = 6, 'bytes' = 7),
    service LowCardinality(String),
    attributes Map(LowCardinality(String), String),
    types {types},
    ints Map(LowCardinality(String), Int64),
    doubles Map(LowCardinality(String), Float64),
    elements Array(String),
    dropped_attributes UInt32,
    resource Map(LowCardinality(String), String),
    resource_id UInt64,
    scope LowCardinality(String),
    scope_version LowCardinality(String),
    scope_attributes Map(LowCardinality(String), String),
    origin LowCardinality(String),
    received DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    record UInt64 CODEC(Delta(8), ZSTD(1)),
    ordinal UInt64,

    items Array(String) ALIAS arrayConcat(
        arrayMap((key, value) -> concat(key, '=', value), mapKeys(attributes), mapValues(attributes)),
        arrayMap((key, value) -> concat(key, '=', value), mapKeys(resource), mapValues(resource)),
        arrayMap((key, value) -> concat(key, '=', value), mapKeys(scope_attributes), mapValues(scope_attributes)),
        elements),
    words String ALIAS lowerUTF8(concat(body, ' ', event_name, ' ', arrayStringConcat(mapValues(attributes), ' '))),

    INDEX by_items items TYPE text(tokenizer = 'array'),
    INDEX by_words words TYPE text(tokenizer = 'splitByNonAlpha'),
    INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_received received TYPE minmax GRANULARITY 1,
    INDEX by_service service TYPE set(64) GRANULARITY 1,
    INDEX by_severity severity_number TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY day ORDER BY time
SETTINGS index_granularity = 1024, {table}
