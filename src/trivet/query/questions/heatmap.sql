-- How many rows, and how many failed ones, lie in which stretch of time and at which level of a field.
SELECT intDiv(at, {every:Int64}) AS stretch, least({levels:Int32} - 1, greatest(0, toInt32({{level}}))) AS at_level,
       sum(weight) AS counted, sumIf(weight, failed) AS errors
FROM (
    SELECT at, {{number}} AS number, weight, failed
    FROM ({{sum_rows}})
    WHERE isFinite(number)
)
GROUP BY stretch, at_level
