-- As trivet_span_items, of a log record.
CREATE OR REPLACE FUNCTION trivet_log_items AS (attributes, resource, scope_attributes, elements) -> arrayConcat(
    arrayMap((key, value) -> concat(key, '=', value), mapKeys(attributes), mapValues(attributes)),
    arrayMap((key, value) -> concat(key, '=', value), mapKeys(resource), mapValues(resource)),
    arrayMap((key, value) -> concat(key, '=', value), mapKeys(scope_attributes), mapValues(scope_attributes)),
    elements)
