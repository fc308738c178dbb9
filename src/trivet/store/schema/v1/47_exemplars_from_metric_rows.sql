CREATE MATERIALIZED VIEW IF NOT EXISTS exemplars_from_metric_rows TO otel_exemplars AS
SELECT trivet_day(time, received) AS day,
       trivet_utf8(metric.name) AS metric,
       cityHash64(family, carrier.1) AS series_id,
       trivet_time(exemplar.time_unix_nano) AS time,
       CAST(CAST(exemplar.value, 'Int8'), 'Enum8(\'none\' = 0, \'double\' = 3, \'int\' = 6)') AS value_type,
       if(exemplar.value = 'as_int', toFloat64(exemplar.as_int), exemplar.as_double) AS value,
       exemplar.as_int AS int_value,
       toFixedString(if(length(exemplar.trace_id) = 16, exemplar.trace_id, ''), 16) AS trace_id,
       toFixedString(if(length(exemplar.span_id) = 8, exemplar.span_id, ''), 8) AS span_id,
       trivet_texts(exemplar.filtered_attributes) AS attributes,
       trivet_types(exemplar.filtered_attributes) AS types,
       received, record
FROM (
    SELECT metric, family, received, record, carrier
    FROM metric_rows
    ARRAY JOIN arrayFilter(carrier -> notEmpty(carrier.2), arrayConcat(
        arrayMap(point -> (point.attributes, point.exemplars), metric.gauge.data_points),
        arrayMap(point -> (point.attributes, point.exemplars), metric.sum.data_points),
        arrayMap(point -> (point.attributes, point.exemplars), metric.histogram.data_points),
        arrayMap(point -> (point.attributes, point.exemplars), metric.exponential_histogram.data_points))) AS carrier
)
ARRAY JOIN carrier.2 AS exemplar
