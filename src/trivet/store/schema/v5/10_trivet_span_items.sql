-- Every attribute of a span as `key=value`, those of its events as `event.key=value`: what equality asks the index.
CREATE OR REPLACE FUNCTION trivet_span_items AS (attributes, resource, scope_attributes, events, elements) -> arrayConcat(
    arrayMap((key, value) -> concat(key, '=', value), mapKeys(attributes), mapValues(attributes)),
    arrayMap((key, value) -> concat(key, '=', value), mapKeys(resource), mapValues(resource)),
    arrayMap((key, value) -> concat(key, '=', value), mapKeys(scope_attributes), mapValues(scope_attributes)),
    arrayFlatten(arrayMap(event -> arrayMap((key, value) -> concat('event.', key, '=', value),
                                            mapKeys(event), mapValues(event)), events)),
    elements)
