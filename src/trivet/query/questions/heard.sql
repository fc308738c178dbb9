SELECT process, toUnixTimestamp64Nano(max(last_seen)) AS heard
FROM processes
WHERE process IN {processes:Array(String)}
GROUP BY process
