-- Every attribute of a span as `key=value`, those of its events as `event.key=value`: what equality asks the index.
CREATE OR REPLACE FUNCTION trivet_span_items AS (attributes, resource, scope_attributes, events, elements) -> arrayConcat(
    trivet_pairs(attributes), trivet_pairs(resource), trivet_pairs(scope_attributes),
    arrayFlatten(arrayMap(event -> arrayMap((key, value) -> concat('event.', key, '=', value),
                                            mapKeys(event), mapValues(event)), events)),
    elements)
