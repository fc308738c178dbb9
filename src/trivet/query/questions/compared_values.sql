-- What the members of two sides hold, by field and value (see compare.py). A member (a trace, or a log record) counts
-- once: each of its own rows, those that match, for an equal part (`part_selected`, `part_compared`); and it has what
-- any of its rows has. `form` is
--   any     the field at all
--   value   one of its values
--   number  its numbers, to two digits
--   most    the largest number of a member, to two digits
WITH (number -> if(number = 0, 0., sign(number) * exp10(floor(log10(abs(number))))
                   * round(abs(number) / exp10(floor(log10(abs(number)))), 1))) AS two_digits
SELECT place, key, entry.1 AS form, entry.2 AS text, any(kind) AS its_kind,
       sum(entry.3) AS selected, sum(entry.4) AS compared,
       countIf(in_selection) AS all_selected, countIf(in_baseline) AS all_compared
FROM (
    SELECT pair.1 AS place, pair.2 AS key, any(pair.4) AS kind,
           max(selection) AS in_selection, max(baseline) AS in_baseline,
           sumMap([pair.3], [part_selected], [part_compared], [1]) AS texts,
           arrayFilter(each -> isFinite(each.1) AND (kind IN (3, 4) OR place = 'event'),
                       arrayMap((text, own, other) -> (toFloat64OrDefault(text, nan), own, other), texts.1, texts.2,
                           texts.3)) AS numbers
    FROM ({{members}})
    ARRAY JOIN pairs AS pair
    GROUP BY member, place, key
)
ARRAY JOIN arrayConcat(
    [('any', '', arraySum(texts.2), arraySum(texts.3))],
    arrayMap((text, own, other) -> ('value', text, own, other), texts.1, texts.2, texts.3),
    arrayMap(each -> ('number', toString(two_digits(each.1)), each.2, each.3), numbers),
    if(empty(numbers), [], [('most', toString(two_digits(arrayMax(numbers.1))), 0., 0.)])) AS entry
GROUP BY place, key, form, text
HAVING form != 'value' OR selected >= {least_selected:Float64} OR all_selected >= {least_selected:Float64}
    OR compared >= {least_compared:Float64} OR all_compared >= {least_compared:Float64}
LIMIT {limit:UInt32}
