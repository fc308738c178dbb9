-- What of this minute had been received before, be it in the same minute. A resend has the time of what it repeats, so
-- that only the minutes in which something happened that was received now are looked at; of two rows that were alike
-- before this minute it speaks no more.
INSERT INTO resends
WITH {minute:DateTime64(9, 'UTC')} AS begin, begin + INTERVAL 1 MINUTE AS until,
     repeated_spans AS (
         SELECT any(start)
         FROM otel_spans
         WHERE received < until AND toStartOfMinute(start) IN (
             SELECT toStartOfMinute(start) FROM otel_spans WHERE received >= begin AND received < until)
         GROUP BY cityHash64(start, trace_id, span_id)
         HAVING count() > 1 AND max(received) >= begin
     ),
     repeated_logs AS (
         SELECT any(time)
         FROM otel_logs
         WHERE received < until AND toStartOfMinute(time) IN (
             SELECT toStartOfMinute(time) FROM otel_logs WHERE received >= begin AND received < until)
         GROUP BY cityHash64(time, id)
         HAVING count() > 1 AND max(received) >= begin
     )
SELECT day, 'traces' AS signal, start AS time, received, record, ordinal
FROM (
    SELECT day, start, received, record, ordinal,
           row_number() OVER (PARTITION BY start, trace_id, span_id ORDER BY received, record, ordinal) AS nth
    FROM otel_spans
    WHERE received < until AND start IN repeated_spans
)
WHERE nth > 1 AND received >= begin
UNION ALL
SELECT day, 'logs', time, received, record, ordinal
FROM (
    SELECT day, time, received, record, ordinal,
           row_number() OVER (PARTITION BY time, id ORDER BY received, record, ordinal) AS nth
    FROM otel_logs
    WHERE received < until AND time IN repeated_logs
)
WHERE nth > 1 AND received >= begin
