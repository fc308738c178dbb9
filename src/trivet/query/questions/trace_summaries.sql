-- Traces in a line each: the root that stands for it, how much of what, and each service's part in it.
-- `every` is all of their spans, a resend once, with those that still run as of their last report.
WITH (SELECT (min(start), max(end)) FROM trace_ranges WHERE {{traces_wanted}}) AS lie,
every AS (
    SELECT trace_id, span_id, parent_span_id, service, name, kind = 5 AS consumer, status_code,
           toUnixTimestamp64Nano(start) AS begin, begin + greatest(duration, 0) AS finish, false AS runs
    FROM otel_spans
    WHERE {{traces_wanted}} AND start BETWEEN lie.1 AND lie.2
    LIMIT 1 BY trace_id, span_id
    UNION ALL
    SELECT trace_id, span_id, parent_span_id, service, name, kind = 'consumer', 0,
           toUnixTimestamp64Nano(start), toUnixTimestamp64Nano(time), true
    FROM running_spans FINAL
    WHERE {{traces_wanted}} AND (trace_id, span_id) NOT IN (
        SELECT trace_id, span_id FROM otel_spans WHERE {{traces_wanted}} AND start BETWEEN lie.1 AND lie.2)
),
-- A child takes from its parent what of it no earlier sibling has taken yet.
children AS (
    SELECT span.*, above.span_id != toFixedString('', 8) AS has_parent, above.service AS caller,
           has_parent AND NOT span.consumer AND span.begin < above.finish AS waited_for,
           if(waited_for, greatest(span.begin, above.begin), 0) AS since,
           if(waited_for, least(span.finish, above.finish), 0) AS until,
           max(until) OVER (PARTITION BY span.trace_id, span.parent_span_id ORDER BY since, until
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken,
           if(waited_for, greatest(0, until - greatest(since, taken)), 0) AS takes
    FROM every AS span
    LEFT JOIN every AS above ON above.trace_id = span.trace_id AND above.span_id = span.parent_span_id
),
-- Every span adds its time to its own service and takes it from its caller's.
parts AS (
    SELECT trace_id, part.1 AS part_of, sum(part.2) AS self_time,
           sum(part.3) AS own, sumIf(status_code = 2, part.3) AS failed,
           min(begin) AS first, max(finish) AS last,
           max(runs) AS some_run,
           countIf(part.3 AND NOT has_parent AND parent_span_id != toFixedString('', 8)) AS orphans,
           min((parent_span_id != toFixedString('', 8), has_parent, begin)) AS top,
           argMin((service, name, finish - begin, status_code, runs),
                  (parent_span_id != toFixedString('', 8), has_parent, begin)) AS root
    FROM children
    ARRAY JOIN [(service, finish - begin, true), (caller, -takes, false)] AS part
    GROUP BY trace_id, part_of
)
SELECT lower(hex(trace_id)) AS trace_hex, min(first) AS began, max(last) AS ended,
       sum(own) AS spans, sum(failed) AS errors, max(some_run) AS running, sum(orphans) AS orphaned,
       NOT min(top).1 AS received, argMin(root, top) AS stands_for,
       arraySort(part -> (-part.4, part.1), groupArrayIf((part_of, own, failed, self_time), own > 0)) AS services
FROM parts
GROUP BY trace_id
