CREATE MATERIALIZED VIEW IF NOT EXISTS span_rows_from_traces TO span_rows AS
SELECT received_at AS received, record, trivet_ordinal(resource_at, scope_at, span_at) AS ordinal,
       resource, resource_id, scope, scope_version, scope_attributes, origin, span
FROM (
    SELECT received_at, record, resource, resource_id, resource_at, scope_at,
           trivet_utf8(group.scope.name) AS scope,
           trivet_utf8(group.scope.version) AS scope_version,
           trivet_texts(group.scope.attributes) AS scope_attributes,
           toLowCardinality(trivet_origin(sent_resource, resource_schema, group.scope, scope_attributes, group.schema_url)) AS origin,
           group.spans AS entries
    FROM (
        SELECT trivet_time(received) AS received_at, record, resource_at, groups, sent_resource, resource_schema,
               trivet_texts(sent_resource.attributes) AS resource,
               cityHash64(sent_resource, resource_schema) AS resource_id
        FROM otlp_traces
        ARRAY JOIN resource_spans.scope_spans AS groups, resource_spans.resource AS sent_resource, resource_spans.schema_url AS resource_schema,
                   arrayEnumerate(resource_spans.schema_url) AS resource_at
    )
    ARRAY JOIN groups AS group, arrayEnumerate(groups) AS scope_at
)
ARRAY JOIN entries AS span, arrayEnumerate(entries) AS span_at
