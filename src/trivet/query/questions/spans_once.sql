ORDER BY start
LIMIT 1 BY span_id
