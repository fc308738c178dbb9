-- The log records of one trace that match, by time.
SELECT lower(hex(id)) AS id_hex
FROM otel_logs
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND {{when}} AND {{filter}}
GROUP BY id
ORDER BY min(time), id
LIMIT {limit:UInt32}
