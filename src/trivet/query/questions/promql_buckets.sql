-- How many values lie at or below each bound of a histogram (see promql_points.sql).
SELECT place, edge, time, stale, {{accumulated}} AS value
FROM (
    SELECT place, delta, time, stale, edge, toFloat64(below) AS value
    FROM (
        SELECT transform(series_id, {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
               series_id IN {deltas:Array(UInt64)} AS delta, time, bitTest(flags, 0) AS stale, {{bounds}} AS edges,
               arrayCumSum(arrayResize(if(empty(bucket_counts), [count], bucket_counts), length(edges) + 1)) AS counts
        FROM otel_histogram_points
        WHERE {{promql_asked}}
        ORDER BY place, time, received
        LIMIT 1 BY place, time
    )
    ARRAY JOIN arrayPushBack(edges, inf) AS edge, counts AS below
)
