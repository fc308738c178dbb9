-- What the statements of one question have read so far, and how much that will be as far as the engine knows.
SELECT sum(read_rows) AS rows, sum(total_rows_approx) AS total
FROM system.processes
WHERE startsWith(Settings['log_comment'], {mark:String})
