-- The values that rows hold of one field; `held` are (text, type) of a row.
SELECT value.1 AS text, any(value.2) AS kind, count() AS counted
FROM (
    SELECT {{held}} AS held
    FROM {{table}}
    WHERE {{rows}}
    LIMIT {most_rows:UInt32}
)
ARRAY JOIN held AS value
WHERE startsWith(lowerUTF8(text), lowerUTF8({prefix:String}))
GROUP BY text
ORDER BY counted DESC, text
LIMIT {limit:UInt32}
