-- The attributes of spans and log records that were received in this minute. A value is listed while its key has fewer
-- than 1,000 that day.
INSERT INTO catalogue
WITH {minute:DateTime64(9, 'UTC')} AS begin, begin + INTERVAL 1 MINUTE AS until,
     ['empty', 'string', 'bool', 'int', 'double', 'array', 'kvlist', 'bytes'] AS type_names,
     seen AS (
         SELECT 'traces' AS signal, 'span' AS place, pair.1 AS key, toString(pair.3) AS type, pair.2 AS value
         FROM otel_spans ARRAY JOIN arrayZip(mapKeys(attributes), mapValues(attributes), types) AS pair
         WHERE received >= begin AND received < until AND cityHash64(trace_id) % {every:UInt32} = 0
         UNION ALL
         SELECT 'traces', 'resource', pair.1, type_names[pair.3 + 1], pair.2
         FROM otel_spans ARRAY JOIN arrayZip(mapKeys(resource), mapValues(resource), JSONExtract(origin, 'resource_types', 'Array(Int8)')) AS pair
         WHERE received >= begin AND received < until AND cityHash64(trace_id) % {every:UInt32} = 0
         UNION ALL
         SELECT 'traces', 'scope', pair.1, type_names[pair.3 + 1], pair.2
         FROM otel_spans ARRAY JOIN arrayZip(mapKeys(scope_attributes), mapValues(scope_attributes), JSONExtract(origin, 'scope_types', 'Array(Int8)')) AS pair
         WHERE received >= begin AND received < until AND cityHash64(trace_id) % {every:UInt32} = 0
         UNION ALL
         SELECT 'traces', 'event', pair.1, 'string', pair.2
         FROM otel_spans ARRAY JOIN arrayFlatten(arrayMap(m -> arrayZip(mapKeys(m), mapValues(m)), `events.attributes`)) AS pair
         WHERE received >= begin AND received < until AND cityHash64(trace_id) % {every:UInt32} = 0
         UNION ALL
         SELECT 'logs', 'log', pair.1, toString(pair.3), pair.2
         FROM otel_logs ARRAY JOIN arrayZip(mapKeys(attributes), mapValues(attributes), types) AS pair
         WHERE received >= begin AND received < until AND id % {every:UInt32} = 0
         UNION ALL
         SELECT 'logs', 'resource', pair.1, type_names[pair.3 + 1], pair.2
         FROM otel_logs ARRAY JOIN arrayZip(mapKeys(resource), mapValues(resource), JSONExtract(origin, 'resource_types', 'Array(Int8)')) AS pair
         WHERE received >= begin AND received < until AND id % {every:UInt32} = 0
         UNION ALL
         SELECT 'logs', 'scope', pair.1, type_names[pair.3 + 1], pair.2
         FROM otel_logs ARRAY JOIN arrayZip(mapKeys(scope_attributes), mapValues(scope_attributes), JSONExtract(origin, 'scope_types', 'Array(Int8)')) AS pair
         WHERE received >= begin AND received < until AND id % {every:UInt32} = 0
     ),
     counted AS (
         SELECT signal, place, key, type, value, count() * {every:UInt32} AS count
         FROM seen WHERE length(value) <= 128 GROUP BY signal, place, key, type, value
         ORDER BY count DESC LIMIT 1000 BY signal, place, key
     ),
     known AS (
         SELECT signal, place, key, uniqExact(value) AS size, groupUniqArray(1000)(value) AS members
         FROM catalogue WHERE day = toDate(begin) AND listed GROUP BY signal, place, key
     )
SELECT toDate(begin) AS day, counted.signal, counted.place, counted.key, type, value, true AS listed, counted.count
FROM counted LEFT JOIN known USING (signal, place, key)
WHERE known.size < 1000 OR has(known.members, counted.value)
UNION ALL
SELECT toDate(begin), signal, place, key, type, '', false, count() * {every:UInt32}
FROM seen GROUP BY signal, place, key, type
