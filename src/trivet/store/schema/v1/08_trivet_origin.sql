-- Where a row came from, but for the resource's attributes, as JSON: the same text on very many rows, dictionary-coded.
-- Whoever shows rows reads this one column instead of five and decodes each distinct text once (query/origins.py).
CREATE OR REPLACE FUNCTION trivet_origin AS (resource, resource_schema, scope, scope_attributes, scope_schema) -> toJSONString(CAST((
    arrayMap(pair -> toInt8(tupleElement(tupleElement(pair, 'value'), 'value')), tupleElement(resource, 'attributes')),
    tupleElement(resource, 'dropped_attributes_count'),
    trivet_utf8(resource_schema),
    tupleElement(resource, 'entity_refs'),
    trivet_utf8(tupleElement(scope, 'name')),
    trivet_utf8(tupleElement(scope, 'version')),
    mapKeys(scope_attributes),
    mapValues(scope_attributes),
    arrayMap(pair -> toInt8(tupleElement(tupleElement(pair, 'value'), 'value')), tupleElement(scope, 'attributes')),
    tupleElement(scope, 'dropped_attributes_count'),
    trivet_utf8(scope_schema)),
    'Tuple(resource_types Array(Int8), resource_dropped UInt32, resource_schema_url String,
           entity_refs Array(Tuple(schema_url String, type String, id_keys Array(String), description_keys Array(String))),
           scope_name String, scope_version String, scope_keys Array(String), scope_texts Array(String),
           scope_types Array(Int8), scope_dropped UInt32, scope_schema_url String)'))
