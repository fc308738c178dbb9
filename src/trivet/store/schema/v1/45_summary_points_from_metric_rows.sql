CREATE MATERIALIZED VIEW IF NOT EXISTS summary_points_from_metric_rows TO otel_summary_points AS
SELECT trivet_day(time, received) AS day,
       trivet_utf8(metric.name) AS metric,
       cityHash64(family, point.attributes) AS series_id,
       trivet_time(point.time_unix_nano) AS time,
       trivet_time(point.start_time_unix_nano) AS start_time,
       point.flags AS flags,
       if(greatest(point.time_unix_nano, point.start_time_unix_nano) > 9223372036854775807,
          [point.time_unix_nano, point.start_time_unix_nano], []) AS clamped,
       point.count AS count, point.sum AS sum,
       point.quantile_values.quantile AS quantiles, point.quantile_values.value AS values,
       received, record, trivet_ordinal(resource_at, metric_at, point_at) AS ordinal
FROM (SELECT *, metric.summary.data_points AS points FROM metric_rows)
ARRAY JOIN points AS point, arrayEnumerate(points) AS point_at
