-- When each process was heard of, day by day.
SELECT process, toUnixTimestamp64Milli(min(processes.first_seen)) AS first,
    toUnixTimestamp64Milli(max(processes.last_seen)) AS last
FROM processes
WHERE process IN {processes:Array(String)}
GROUP BY process, day
ORDER BY process, day
