-- Rows with the same masked text, or the same template that the program gave: how many, when, how bad, and one of them.
SELECT {{pattern}} AS pattern, {{templated}} AS templated, count() AS counted,
       toUnixTimestamp64Nano(min({{time}})) AS first, any({{text}}) AS example, max(lengthUTF8({{text}})) AS longest,
       groupUniqArray(10)(service) AS services, max({{severity}}) AS worst,
       sumMap([intDiv(toUnixTimestamp64Nano({{time}}) - {origin:Int64}, {every:Int64})], [toUInt64(1)]) AS over_time
FROM {{table}}
WHERE {{rows}}
GROUP BY pattern, templated
ORDER BY counted DESC, pattern
LIMIT {limit:UInt32}
