-- The services, or the names of spans, in the time.
SELECT toString({{column}}) AS text, sum(samples) AS counted
FROM red
WHERE {{in_minutes}}
  AND startsWith(lowerUTF8(text), lowerUTF8({prefix:String})) AND text != ''
GROUP BY text
ORDER BY counted DESC, text
LIMIT {limit:UInt32}
