CREATE MATERIALIZED VIEW IF NOT EXISTS number_points_from_metric_rows TO otel_number_points AS
SELECT trivet_day(time, received) AS day,
       trivet_utf8(metric.name) AS metric,
       cityHash64(family, point.attributes) AS series_id,
       trivet_time(point.time_unix_nano) AS time,
       trivet_time(point.start_time_unix_nano) AS start_time,
       point.flags AS flags,
       if(greatest(point.time_unix_nano, point.start_time_unix_nano) > 9223372036854775807,
          [point.time_unix_nano, point.start_time_unix_nano], []) AS clamped,
       CAST(CAST(point.value, 'Int8'), 'Enum8(\'none\' = 0, \'double\' = 4, \'int\' = 6)') AS value_type,
       if(point.value = 'as_int', toFloat64(point.as_int), point.as_double) AS value,
       point.as_int AS int_value,
       received, record, trivet_ordinal(resource_at, metric_at, point_at) AS ordinal
FROM (SELECT *, if(metric.data = 'sum', metric.sum.data_points, metric.gauge.data_points) AS points FROM metric_rows)
ARRAY JOIN points AS point, arrayEnumerate(points) AS point_at
