-- The quantiles that summaries report (see promql_points.sql).
SELECT place, edge, time, stale, value
FROM (
    SELECT transform(series_id, {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
           time, bitTest(flags, 0) AS stale, quantiles, values
    FROM otel_summary_points
    WHERE {{promql_asked}}
    ORDER BY place, time, received
    LIMIT 1 BY place, time
)
ARRAY JOIN quantiles AS edge, values AS value
