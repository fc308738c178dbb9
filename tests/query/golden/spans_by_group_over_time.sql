-- Whether anything that a question reads had been sent before: hardly ever.
SELECT count()
FROM (
-- Rows that had been sent before: those known (store/steps.py), and of what came since all but the first of those
-- that are alike.
SELECT time, received, record, ordinal
FROM resends
WHERE signal = 'traces' AND time >= fromUnixTimestamp64Nano({known0:Int64}) AND time < fromUnixTimestamp64Nano({known1:Int64})
UNION ALL
SELECT start, received, record, ordinal
FROM (
    SELECT start, received, record, ordinal,
           row_number() OVER (PARTITION BY start, trace_id, span_id ORDER BY received, record, ordinal) AS nth
    FROM otel_spans
    WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND status_code = 2) AND start IN (
        SELECT any(start)
        FROM otel_spans
        WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND status_code = 2) AND toStartOfMinute(start) IN (
            SELECT toStartOfMinute(start) FROM otel_spans WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND status_code = 2) AND received >= (SELECT max(minute) + INTERVAL 1 MINUTE FROM steps WHERE step = 'resends'))
        GROUP BY cityHash64(start, trace_id, span_id)
        HAVING count() > 1 AND max(received) >= (SELECT max(minute) + INTERVAL 1 MINUTE FROM steps WHERE step = 'resends')
    )
)
WHERE nth > 1 AND received >= (SELECT max(minute) + INTERVAL 1 MINUTE FROM steps WHERE step = 'resends')
)

-- Rows by group: the figures of the leading groups, and of all others together as the last place. Aggregates are kept
-- as
-- states until the groups are ranked, so that the others' are exact; `figures` are made of these.
SELECT place, any(held) AS group_values, any(id) AS group_id, sum(rows_of) AS samples, any(all_groups) AS groups,
       sumMerge(state_0),
       sumIfMerge(state_1) / sumMerge(state_0),
       if(countIfMerge(state_3) = 0, NULL, quantilesTDigestWeightedIfMerge(0.95)(state_2)[1]),
       if(countIfMerge(state_6) = 0, NULL, sumIfMerge(state_4) / sumIfMerge(state_5))
FROM (
    SELECT *, least(row_number() OVER (ORDER BY ifNull(isNaN(if(finalizeAggregation(state_3) = 0, NULL, finalizeAggregation(state_2)[1])), true), if(finalizeAggregation(state_3) = 0, NULL, finalizeAggregation(state_2)[1]) DESC, rows_of DESC, held), {limit:UInt32} + 1) AS place,
           count() OVER () AS all_groups
    FROM (
        SELECT CAST([if(empty(group_0), ('', -1), group_0[1]), if(empty(group_1), ('', -1), group_1[1])], 'Array(Tuple(String, Int8))') AS held, cityHash64(held) AS id, count() AS rows_of,
       sumState(weight) AS state_0,
       sumIfState(weight, failed) AS state_1,
       quantilesTDigestWeightedIfState(0.95)(number_0, toUInt64(greatest(round(weight), 1)), NOT isNaN(number_0)) AS state_2,
       countIfState(NOT isNaN(number_0)) AS state_3,
       sumIfState(number_1 * weight, NOT isNaN(number_1)) AS state_4,
       sumIfState(weight, NOT isNaN(number_1)) AS state_5,
       countIfState(NOT isNaN(number_1)) AS state_6
        FROM (
SELECT toUnixTimestamp64Nano(start) AS at, trace_id,
       weight,
       status_code = 2 AS failed,
       CAST(arrayFilter(_ -> service != '', [(toString(service), 1)]), 'Array(Tuple(String, Int8))') AS group_0,
       CAST(multiIf(mapContains(attributes, {held0:String}), [(attributes[{held0:String}], CAST(types, 'Array(Int8)')[indexOf(mapKeys(attributes), {held0:String})])], mapContains(resource, {held1:String}), [(resource[{held1:String}], JSONExtract(origin, 'resource_types', 'Array(Int8)')[indexOf(mapKeys(resource), {held1:String})])], mapContains(scope_attributes, {held2:String}), [(scope_attributes[{held2:String}], JSONExtract(origin, 'scope_types', 'Array(Int8)')[indexOf(mapKeys(scope_attributes), {held2:String})])], CAST([], 'Array(Tuple(String, Int8))')), 'Array(Tuple(String, Int8))') AS group_1,
       toFloat64(duration) AS number_0, [toString(duration)] AS texts_0,
       arrayMap(each -> each.1, CAST(multiIf(mapContains(attributes, {held3:String}), [(attributes[{held3:String}], CAST(types, 'Array(Int8)')[indexOf(mapKeys(attributes), {held3:String})])], mapContains(resource, {held4:String}), [(resource[{held4:String}], JSONExtract(origin, 'resource_types', 'Array(Int8)')[indexOf(mapKeys(resource), {held4:String})])], mapContains(scope_attributes, {held5:String}), [(scope_attributes[{held5:String}], JSONExtract(origin, 'scope_types', 'Array(Int8)')[indexOf(mapKeys(scope_attributes), {held5:String})])], CAST([], 'Array(Tuple(String, Int8))')), 'Array(Tuple(String, Int8))')) AS texts_1, ifNull(toFloat64OrNull(texts_1[1]), nan) AS number_1
FROM (SELECT * FROM otel_spans WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND status_code = 2)) AS matching
        )
        GROUP BY held
    )
)
GROUP BY place
ORDER BY place

-- Figures of some groups by stretches of time; groups are known by a hash of their values (see sums.sql).
SELECT transform(cityHash64(CAST([if(empty(group_0), ('', -1), group_0[1]), if(empty(group_1), ('', -1), group_1[1])], 'Array(Tuple(String, Int8))')), {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
       intDiv(at, {every:Int64}) AS stretch,
       sum(weight),
       sumIf(weight, failed) / sum(weight),
       if(countIf(NOT isNaN(number_0)) = 0, NULL, quantilesTDigestWeightedIf(0.95)(number_0, toUInt64(greatest(round(weight), 1)), NOT isNaN(number_0))[1]),
       if(countIf(NOT isNaN(number_1)) = 0, NULL, sumIf(number_1 * weight, NOT isNaN(number_1)) / sumIf(weight, NOT isNaN(number_1)))
FROM (
SELECT toUnixTimestamp64Nano(start) AS at, trace_id,
       weight,
       status_code = 2 AS failed,
       CAST(arrayFilter(_ -> service != '', [(toString(service), 1)]), 'Array(Tuple(String, Int8))') AS group_0,
       CAST(multiIf(mapContains(attributes, {held0:String}), [(attributes[{held0:String}], CAST(types, 'Array(Int8)')[indexOf(mapKeys(attributes), {held0:String})])], mapContains(resource, {held1:String}), [(resource[{held1:String}], JSONExtract(origin, 'resource_types', 'Array(Int8)')[indexOf(mapKeys(resource), {held1:String})])], mapContains(scope_attributes, {held2:String}), [(scope_attributes[{held2:String}], JSONExtract(origin, 'scope_types', 'Array(Int8)')[indexOf(mapKeys(scope_attributes), {held2:String})])], CAST([], 'Array(Tuple(String, Int8))')), 'Array(Tuple(String, Int8))') AS group_1,
       toFloat64(duration) AS number_0, [toString(duration)] AS texts_0,
       arrayMap(each -> each.1, CAST(multiIf(mapContains(attributes, {held3:String}), [(attributes[{held3:String}], CAST(types, 'Array(Int8)')[indexOf(mapKeys(attributes), {held3:String})])], mapContains(resource, {held4:String}), [(resource[{held4:String}], JSONExtract(origin, 'resource_types', 'Array(Int8)')[indexOf(mapKeys(resource), {held4:String})])], mapContains(scope_attributes, {held5:String}), [(scope_attributes[{held5:String}], JSONExtract(origin, 'scope_types', 'Array(Int8)')[indexOf(mapKeys(scope_attributes), {held5:String})])], CAST([], 'Array(Tuple(String, Int8))')), 'Array(Tuple(String, Int8))')) AS texts_1, ifNull(toFloat64OrNull(texts_1[1]), nan) AS number_1
FROM (SELECT * FROM otel_spans WHERE (start >= fromUnixTimestamp64Nano({asked0:Int64}) AND start < fromUnixTimestamp64Nano({asked1:Int64}) AND status_code = 2)) AS matching
)
WHERE place > 0
GROUP BY place, stretch
ORDER BY place, stretch
