-- What rows hold, by field: how often, and how often its ten most frequent values come. `pairs` are (place, key, text,
-- type) of a row; the nameless pair counts the rows.
SELECT place, key, argMax(kind, counted) AS its_kind, sum(counted) AS held,
       arraySlice(arrayReverseSort(groupArray(counted)), 1, 10) AS most_frequent
FROM (
    SELECT pair.1 AS place, pair.2 AS key, pair.3 AS text, any(pair.4) AS kind, count() AS counted
    FROM (
        SELECT {{pairs}} AS pairs
        FROM {{table}}
        WHERE {{rows}}
        LIMIT {most_rows:UInt32}
    )
    ARRAY JOIN arrayPushBack(pairs, ('', '', '', 0)) AS pair
    GROUP BY place, key, text
)
GROUP BY place, key
