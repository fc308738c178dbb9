-- The smallest and the largest value of a field, the smallest above zero, and how many rows have one.
SELECT min(number), max(number), minIf(number, number > 0), count()
FROM (
    SELECT {{number}} AS number
    FROM ({{sum_rows}})
    WHERE isFinite(number)
)
