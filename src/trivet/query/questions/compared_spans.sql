-- The spans of the sampled traces. `sides` says of each trace by bits: 1 selection, 2 baseline, 4 no span of it is
-- selected.
SELECT trace_id AS member, bitTest(side, 0) AS selection, bitTest(side, 2) AS baseline,
       arrayPushBack(held, ('intrinsic', 'trace.spans', toString(count() OVER of_trace), 3)) AS pairs,
       if(selection, is_selected / greatest(1, sum(is_selected) OVER of_trace), 0.) AS part_selected,
       if(bitTest(side, 1), is_other / greatest(1, sum(is_other) OVER of_trace), 0.) AS part_compared
FROM (
    SELECT trace_id, transform(cityHash64(trace_id), {members:Array(UInt64)}, {sides:Array(UInt8)}, toUInt8(0)) AS side,
           toUInt8({{selected}}) AS is_selected, toUInt8({{compared}}) AND NOT is_selected AS is_other,
           arrayConcat({{pairs}}, [('', '', '', 0), ('intrinsic', 'duration', toString(duration), 3)]) AS held
    FROM otel_spans
    WHERE {{rows}} AND side != 0
      AND (sipHash64(span_id) % {every:UInt32} = 0 OR is_selected OR is_other)
)
WINDOW of_trace AS (PARTITION BY trace_id)
