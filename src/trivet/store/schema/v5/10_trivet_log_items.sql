-- As trivet_span_items, of a log record.
CREATE OR REPLACE FUNCTION trivet_log_items AS (attributes, resource, scope_attributes, elements) -> arrayConcat(
    trivet_pairs(attributes), trivet_pairs(resource), trivet_pairs(scope_attributes), elements)
