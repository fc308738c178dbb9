SELECT pid, application_name, query, state
FROM pg_stat_activity
WHERE pid = ANY(%(pids)s)
