-- Who called whom, for the pairs that became complete in this minute: the later of the two spans was received in it.
-- So a pair counts once, in whichever order its ends came. Where there is much, one trace in {every} speaks for all.
INSERT INTO edges
WITH {minute:DateTime64(9, 'UTC')} AS begin, begin + INTERVAL 1 MINUTE AS until,
     arrived AS (
         SELECT day, trace_id, span_id, parent_span_id, service, kind, start, duration, status_code, weight, received,
                coalesce(nullIf(attributes['db.system.name'], ''), attributes['db.system']) AS database,
                coalesce(nullIf(attributes['messaging.destination.name'], ''), attributes['messaging.destination']) AS queue
         FROM otel_spans
         WHERE received >= begin AND received < until AND cityHash64(trace_id) % {every:UInt32} = 0
     ),
     nearby AS (
         SELECT trace_id, span_id, parent_span_id, service, kind, duration, status_code, weight, received
         FROM otel_spans
         WHERE start >= (SELECT min(start) FROM arrived) - INTERVAL 1 HOUR
           AND start <= (SELECT max(start) FROM arrived) + INTERVAL 1 HOUR
           AND received < until
           AND trace_id IN (SELECT trace_id FROM arrived)
     ),
     pairs AS (
         SELECT parent.service AS caller, child.service AS callee,
                if(child.kind = 5, 'queue', 'call') AS kind,
                child.weight AS weight, child.status_code AS status_code, child.duration AS duration
         FROM nearby AS child INNER JOIN nearby AS parent
              ON parent.trace_id = child.trace_id AND parent.span_id = child.parent_span_id
         WHERE parent.service != child.service AND greatest(child.received, parent.received) >= begin
         UNION ALL
         SELECT service, database, 'database', weight, status_code, duration FROM arrived WHERE kind = 3 AND database != ''
         UNION ALL
         SELECT service, queue, 'queue', weight, status_code, duration FROM arrived WHERE kind = 4 AND queue != ''
         UNION ALL
         SELECT queue, service, 'queue', weight, status_code, duration FROM arrived WHERE kind = 5 AND queue != ''
     )
SELECT toDate(begin) AS day, toDateTime(begin) AS minute, caller, callee, kind,
       sum(toFloat64(weight)) * {every:UInt32} AS count,
       sumIf(toFloat64(weight), status_code = 2) * {every:UInt32} AS errors,
       quantilesTDigestWeightedState(0.5, 0.95, 0.99)(duration, toUInt64(round(weight))) AS durations
FROM pairs
GROUP BY caller, callee, kind
