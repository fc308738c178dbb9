-- Traces with spans that have not ended and overlap the asked time: they last until now or, when their process is
-- lost, until their last report.
WITH latest AS (
    SELECT running_spans.*,
           greatest(toUnixTimestamp64Nano(received) + next_after, heard) + {lost_after:Int64} < {now:Int64} AS lost
    FROM running_spans FINAL
    LEFT JOIN (
        SELECT process, toUnixTimestamp64Nano(max(last_seen)) AS heard FROM processes GROUP BY process
    ) AS heard_of USING (process)
    WHERE start < fromUnixTimestamp64Nano({end:Int64})
      AND (time >= fromUnixTimestamp64Nano({start:Int64}) OR NOT lost)
      AND received <= fromUnixTimestamp64Nano({horizon:Int64})
)
SELECT lower(hex(trace_id)) AS trace_hex
FROM latest
WHERE {{filter}}
  AND (trace_id, span_id) NOT IN (
    SELECT trace_id, span_id FROM otel_spans
    WHERE start >= (SELECT min(start) FROM latest) AND trace_id IN (SELECT trace_id FROM latest))
GROUP BY trace_id
ORDER BY max(start) DESC
LIMIT {limit:UInt32}
