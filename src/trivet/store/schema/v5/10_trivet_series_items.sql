-- As trivet_span_items, of a metric series.
CREATE OR REPLACE FUNCTION trivet_series_items AS (attributes, resource, elements) -> arrayConcat(
    arrayMap((key, value) -> concat(key, '=', value), mapKeys(attributes), mapValues(attributes)),
    arrayMap((key, value) -> concat(key, '=', value), mapKeys(resource), mapValues(resource)),
    elements)
