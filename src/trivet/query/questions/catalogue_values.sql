-- The values of an attribute in some days, from the catalogue; `places` are (place, key).
SELECT value, type, sum(count) AS counted
FROM catalogue
WHERE day BETWEEN toDate(fromUnixTimestamp64Nano({start:Int64})) AND toDate(fromUnixTimestamp64Nano({end:Int64}))
  AND signal = {signal:String} AND listed AND ({{places}})
  AND startsWith(lowerUTF8(value), lowerUTF8({prefix:String}))
GROUP BY value, type
ORDER BY counted DESC, value
LIMIT {limit:UInt32}
