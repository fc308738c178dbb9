-- What people asked (store/asked.py). No day in the key: an incident is reviewed when its data may be gone.
-- A question that is repeated is written again, with how often.
CREATE TABLE IF NOT EXISTS asked (
    id String,
    time DateTime64(9, 'UTC'),
    until DateTime64(9, 'UTC'),             -- the last repetition
    times UInt32,
    who LowCardinality(String),
    session String,
    origin LowCardinality(String),          -- page, cli, api
    call LowCardinality(String),
    text String,
    start Nullable(Int64),                  -- the range, unix nanoseconds
    end Nullable(Int64),
    rows_read UInt64,
    ms UInt32,
    answer_rows UInt32,
    error LowCardinality(String),
    link String
)
ENGINE = ReplacingMergeTree(times)
PARTITION BY toYYYYMM(time) ORDER BY (time, id)
