CREATE MATERIALIZED VIEW IF NOT EXISTS metric_rows_from_metrics TO metric_rows AS
SELECT received_at AS received, record, resource_at, scope_at * 4096 + entry_at AS metric_at,
       resource, resource_id, scope, scope_version, scope_attributes, origin, metric,
       multiIf(metric.data = 'sum', metric.sum.aggregation_temporality,
               metric.data = 'histogram', metric.histogram.aggregation_temporality,
               metric.data = 'exponential_histogram', metric.exponential_histogram.aggregation_temporality, 0) AS temporality,
       if(metric.data = 'sum', metric.sum.is_monotonic, NULL) AS monotonic,
       cityHash64(metric.name, metric.data, metric.unit, temporality, ifNull(monotonic, 0), resource_id, scope, scope_version, scope_attributes)
           AS family
FROM (
    SELECT received_at, record, resource, resource_id, resource_at, scope_at,
           trivet_utf8(group.scope.name) AS scope,
           trivet_utf8(group.scope.version) AS scope_version,
           trivet_texts(group.scope.attributes) AS scope_attributes,
           toLowCardinality(trivet_origin(sent_resource, resource_schema, group.scope, scope_attributes, group.schema_url)) AS origin,
           group.metrics AS entries
    FROM (
        SELECT trivet_time(received) AS received_at, record, resource_at, groups, sent_resource, resource_schema,
               trivet_texts(sent_resource.attributes) AS resource,
               cityHash64(sent_resource, resource_schema) AS resource_id
        FROM otlp_metrics
        ARRAY JOIN resource_metrics.scope_metrics AS groups, resource_metrics.resource AS sent_resource, resource_metrics.schema_url AS resource_schema,
                   arrayEnumerate(resource_metrics.schema_url) AS resource_at
    )
    ARRAY JOIN groups AS group, arrayEnumerate(groups) AS scope_at
)
ARRAY JOIN entries AS metric, arrayEnumerate(entries) AS entry_at
