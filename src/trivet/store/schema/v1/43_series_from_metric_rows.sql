CREATE MATERIALIZED VIEW IF NOT EXISTS series_from_metric_rows TO otel_series AS
SELECT toDate(received, 'UTC') AS day,
       trivet_utf8(metric.name) AS metric,
       cityHash64(family, sent) AS series_id,
       CAST(CAST(metric.data, 'Int8'), 'Enum8(\'gauge\' = 5, \'sum\' = 7, \'histogram\' = 9, \'exponential_histogram\' = 10, \'summary\' = 11)') AS type,
       trivet_utf8(metric.unit) AS unit,
       trivet_utf8(metric.description) AS description,
       temporality, monotonic,
       trivet_texts(metric.metadata) AS metadata,
       trivet_types(metric.metadata) AS metadata_types,
       resource['service.name'] AS service,
       trivet_texts(sent) AS attributes,
       trivet_types(sent) AS types,
       trivet_ints(sent) AS ints,
       trivet_doubles(sent) AS doubles,
       trivet_elements(sent) AS elements,
       resource, resource_id, scope, scope_version, scope_attributes, origin,
       received AS last_seen
FROM metric_rows
ARRAY JOIN arrayDistinct(arrayConcat(
    metric.gauge.data_points.attributes, metric.sum.data_points.attributes, metric.histogram.data_points.attributes,
    metric.exponential_histogram.data_points.attributes, metric.summary.data_points.attributes)) AS sent
WHERE metric.data != 'no'
