CREATE OR REPLACE FUNCTION trivet_doubles AS (attributes) -> CAST(
    arrayMap(pair -> (trivet_utf8(tupleElement(pair, 'key')), tupleElement(tupleElement(pair, 'value'), 'double_value')),
             arrayFilter(pair -> tupleElement(tupleElement(pair, 'value'), 'value') = 'double_value', attributes)),
    'Map(LowCardinality(String), Float64)')
