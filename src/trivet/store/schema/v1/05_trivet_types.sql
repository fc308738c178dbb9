-- The types of attributes, aligned with the keys of `trivet_texts`.
CREATE OR REPLACE FUNCTION trivet_types AS (attributes) -> CAST(
    arrayMap(pair -> tupleElement(tupleElement(pair, 'value'), 'value'), attributes),
    '{types}')
