-- Rows that had been sent before: those known (store/steps.py), and of what came since all but the first of those
-- that are alike.
SELECT time, received, record, ordinal
FROM resends
WHERE signal = {{signal}} AND {{known}}
UNION ALL
SELECT {{time}}, received, record, ordinal
FROM (
    SELECT {{time}}, received, record, ordinal,
           row_number() OVER (PARTITION BY {{identity}} ORDER BY received, record, ordinal) AS nth
    FROM {{table}}
    WHERE {{rows}} AND {{time}} IN (
        SELECT any({{time}})
        FROM {{table}}
        WHERE {{rows}} AND toStartOfMinute({{time}}) IN (
            SELECT toStartOfMinute({{time}}) FROM {{table}} WHERE {{rows}} AND received >= {{since}})
        GROUP BY cityHash64({{identity}})
        HAVING count() > 1 AND max(received) >= {{since}}
    )
)
WHERE nth > 1 AND received >= {{since}}
