-- The log records of the sampled traces, which stand for no row of their own (see compared_spans.sql).
SELECT trace_id AS member, bitTest(side, 0) AS selection, bitTest(side, 2) AS baseline, 0. AS part_selected,
    0. AS part_compared,
       arrayConcat(
           arrayMap((key, text, kind) -> ('log', key, text, kind), mapKeys(attributes), mapValues(attributes),
               CAST(types, 'Array(Int8)')),
           arrayFilter(pair -> pair.3 != '', [
               ('log', 'severity', {{severity}}, 1),
               ('log', 'event', event_name, 1),
               ('log', 'body', {{template}}, 1)])) AS pairs
FROM (
    SELECT *, transform(cityHash64(trace_id), {members:Array(UInt64)}, {sides:Array(UInt8)}, toUInt8(0)) AS side
    FROM otel_logs
    WHERE {{rows}} AND side != 0
    LIMIT {most_logs:UInt32}
)
