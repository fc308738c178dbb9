-- Rows by group: the figures of the leading groups, and of all others together as the last place. Aggregates are kept
-- as
-- states until the groups are ranked, so that the others' are exact; `figures` are made of these.
SELECT place, any(held) AS group_values, any(id) AS group_id, sum(rows_of) AS samples, any(all_groups) AS groups,
       {{figures}}
FROM (
    SELECT *, least(row_number() OVER (ORDER BY {{order}}, rows_of DESC, held), {limit:UInt32} + 1) AS place,
           count() OVER () AS all_groups
    FROM (
        SELECT {{group}} AS held, cityHash64(held) AS id, count() AS rows_of,
       {{states}}
        FROM (
{{sum_rows}}
        )
        GROUP BY held
    )
)
GROUP BY place
ORDER BY place
