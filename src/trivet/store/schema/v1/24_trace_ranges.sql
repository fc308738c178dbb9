-- When each trace happened, so that a trace by id reads only its own time.
CREATE TABLE IF NOT EXISTS trace_ranges (
    day Date,
    trace_id FixedString(16),
    start SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
    end SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
    last_received SimpleAggregateFunction(max, DateTime64(9, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY day ORDER BY trace_id
SETTINGS index_granularity = 512, {table}
