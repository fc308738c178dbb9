-- Log records that stand for themselves: those selected, and those that they are compared with.
SELECT id AS member, is_selected AS selection, is_other AS baseline,
       toFloat64(is_selected) AS part_selected, toFloat64(is_other) AS part_compared,
       arrayConcat({{pairs}}, [('', '', '', 0), ('intrinsic', 'body', {{template}}, 1)]) AS pairs
FROM (
    SELECT *, toUInt8({{selected}}) AS is_selected, toUInt8({{compared}}) AND NOT is_selected AS is_other
    FROM otel_logs
    WHERE ({{rows_selected}} AND is_selected AND sipHash64(id) % {every_selected:UInt32} = 0)
       OR ({{rows_compared}} AND is_other AND sipHash64(id) % {every_compared:UInt32} = 0)
)
