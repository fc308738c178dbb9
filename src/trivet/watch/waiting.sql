SELECT
    waiting.pid,
    waiting.application_name,
    waiting.query,
    lock.mode,
    COALESCE(lock.relation, row_lock.relation)::regclass::text AS "table",
    COALESCE(extract(epoch FROM clock_timestamp() - lock.waitstart), 0)::float8 AS waited,
    pg_blocking_pids(waiting.pid) AS blockers
FROM pg_locks AS lock
JOIN pg_stat_activity AS waiting ON waiting.pid = lock.pid
LEFT JOIN LATERAL (
    SELECT relation FROM pg_locks AS held
    WHERE held.pid = lock.pid AND held.locktype = 'tuple' AND held.granted
    LIMIT 1
) AS row_lock ON true
WHERE NOT lock.granted AND waiting.datname = current_database()
