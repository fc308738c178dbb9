-- As trivet_span_items, of a metric series.
CREATE OR REPLACE FUNCTION trivet_series_items AS (attributes, resource, elements) -> arrayConcat(
    trivet_pairs(attributes), trivet_pairs(resource), elements)
