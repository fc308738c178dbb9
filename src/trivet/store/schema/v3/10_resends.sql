-- Rows of otel_spans and otel_logs that had been sent before: all but the first of those alike in time and ids. Worked
-- out once a minute (steps/resends.sql), so that a question leaves them out without comparing all that it reads.
CREATE TABLE IF NOT EXISTS resends (
    day Date,
    signal LowCardinality(String),          -- traces, logs
    time DateTime64(9, 'UTC'),              -- the span's start, the record's time
    received DateTime64(9, 'UTC'),
    record UInt64,
    ordinal UInt64
)
ENGINE = MergeTree
PARTITION BY day ORDER BY (signal, time)
SETTINGS {table}
