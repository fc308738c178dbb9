-- Numbers of some series (see promql_grid.sql): `place` is the series among those of equal labels, `edge` a bound or
-- quantile.
SELECT place, toFloat64(0) AS edge, time, stale, {{accumulated}} AS value
FROM (
    SELECT transform(series_id, {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
           series_id IN {deltas:Array(UInt64)} AS delta, time, bitTest(flags, 0) AS stale,
               toFloat64({{number}}) AS value
    FROM {{table}}
    WHERE {{promql_asked}} AND ({{known}} OR stale)
    ORDER BY place, time, received
    LIMIT 1 BY place, time
)
