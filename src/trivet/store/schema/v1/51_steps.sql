-- Which minutes each step has worked through (store/steps.py).
CREATE TABLE IF NOT EXISTS steps (
    day Date,
    step LowCardinality(String),
    minute DateTime('UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY day ORDER BY (step, minute)
SETTINGS {table}
