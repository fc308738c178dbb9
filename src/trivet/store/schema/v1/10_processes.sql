-- When each process was last heard of, by any signal: what a running span without news is judged by.
CREATE TABLE IF NOT EXISTS processes (
    day Date,
    process String,
    service SimpleAggregateFunction(anyLast, String),
    resource_id SimpleAggregateFunction(anyLast, UInt64),
    first_seen SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
    last_seen SimpleAggregateFunction(max, DateTime64(9, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY day ORDER BY process
SETTINGS {table}
