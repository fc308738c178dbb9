-- Exponential histograms as they came (see promql_points.sql).
SELECT place, at, stale, count, total, scale, zero_count, zero_threshold,
       positive_offset, positive_counts, negative_offset, negative_counts, delta
FROM (
    SELECT transform(series_id, {ids:Array(UInt64)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
           series_id IN {deltas:Array(UInt64)} AS delta, time, toUnixTimestamp64Milli(time) AS at, bitTest(flags,
               0) AS stale,
           count, sum AS total, scale, zero_count, zero_threshold,
           positive_offset, positive_counts, negative_offset, negative_counts
    FROM otel_exponential_points
    WHERE {{promql_asked}}
    ORDER BY place, time, received
    LIMIT 1 BY place, time
)
ORDER BY place, time
LIMIT {most:UInt64}
