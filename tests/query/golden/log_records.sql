-- Whether anything that a question reads had been sent before: hardly ever.
SELECT count()
FROM (
-- Rows that had been sent before: those known (store/steps.py), and of what came since all but the first of those
-- that are alike.
SELECT time, received, record, ordinal
FROM resends
WHERE signal = 'logs' AND time >= fromUnixTimestamp64Nano({known0:Int64}) AND time < fromUnixTimestamp64Nano({known1:Int64})
UNION ALL
SELECT time, received, record, ordinal
FROM (
    SELECT time, received, record, ordinal,
           row_number() OVER (PARTITION BY time, id ORDER BY received, record, ordinal) AS nth
    FROM otel_logs
    WHERE (time >= fromUnixTimestamp64Nano({asked0:Int64}) AND time < fromUnixTimestamp64Nano({asked1:Int64}) AND true) AND time IN (
        SELECT any(time)
        FROM otel_logs
        WHERE (time >= fromUnixTimestamp64Nano({asked0:Int64}) AND time < fromUnixTimestamp64Nano({asked1:Int64}) AND true) AND toStartOfMinute(time) IN (
            SELECT toStartOfMinute(time) FROM otel_logs WHERE (time >= fromUnixTimestamp64Nano({asked0:Int64}) AND time < fromUnixTimestamp64Nano({asked1:Int64}) AND true) AND received >= (SELECT max(minute) + INTERVAL 1 MINUTE FROM steps WHERE step = 'resends'))
        GROUP BY cityHash64(time, id)
        HAVING count() > 1 AND max(received) >= (SELECT max(minute) + INTERVAL 1 MINUTE FROM steps WHERE step = 'resends')
    )
)
WHERE nth > 1 AND received >= (SELECT max(minute) + INTERVAL 1 MINUTE FROM steps WHERE step = 'resends')
)

-- Rows by group: the figures of the leading groups, and of all others together as the last place. Aggregates are kept
-- as
-- states until the groups are ranked, so that the others' are exact; `figures` are made of these.
SELECT place, any(held) AS group_values, any(id) AS group_id, sum(rows_of) AS samples, any(all_groups) AS groups,
       sumIfMerge(state_0),
       uniqIfMerge(state_1),
       uniqArrayMerge(state_2)
FROM (
    SELECT *, least(row_number() OVER (ORDER BY ifNull(isNaN(finalizeAggregation(state_2)), true), finalizeAggregation(state_2) ASC, rows_of DESC, held), {limit:UInt32} + 1) AS place,
           count() OVER () AS all_groups
    FROM (
        SELECT CAST([], 'Array(Tuple(String, Int8))') AS held, cityHash64(held) AS id, count() AS rows_of,
       sumIfState(weight, failed) AS state_0,
       uniqIfState(trace_id, trace_id != toFixedString('', 16)) AS state_1,
       uniqArrayState(texts_0) AS state_2
        FROM (
SELECT toUnixTimestamp64Nano(time) AS at, trace_id,
       toFloat32(1) AS weight,
       (severity_number BETWEEN 17 AND 24 OR (severity_number = 0 AND lower(severity_text) IN ('error', 'err', 'severe', 'fatal', 'critical', 'crit', 'alert', 'emerg', 'emergency', 'panic'))) AS failed,
       arrayMap(each -> each.1, CAST(multiIf(mapContains(attributes, {held0:String}), [(attributes[{held0:String}], CAST(types, 'Array(Int8)')[indexOf(mapKeys(attributes), {held0:String})])], mapContains(resource, {held1:String}), [(resource[{held1:String}], JSONExtract(origin, 'resource_types', 'Array(Int8)')[indexOf(mapKeys(resource), {held1:String})])], mapContains(scope_attributes, {held2:String}), [(scope_attributes[{held2:String}], JSONExtract(origin, 'scope_types', 'Array(Int8)')[indexOf(mapKeys(scope_attributes), {held2:String})])], CAST([], 'Array(Tuple(String, Int8))')), 'Array(Tuple(String, Int8))')) AS texts_0, ifNull(toFloat64OrNull(texts_0[1]), nan) AS number_0
FROM (SELECT * FROM otel_logs WHERE (time >= fromUnixTimestamp64Nano({asked0:Int64}) AND time < fromUnixTimestamp64Nano({asked1:Int64}) AND true)) AS matching
        )
        GROUP BY held
    )
)
GROUP BY place
ORDER BY place
