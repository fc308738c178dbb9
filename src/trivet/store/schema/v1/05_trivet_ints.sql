CREATE OR REPLACE FUNCTION trivet_ints AS (attributes) -> CAST(
    arrayMap(pair -> (trivet_utf8(tupleElement(pair, 'key')), tupleElement(tupleElement(pair, 'value'), 'int_value')),
             arrayFilter(pair -> tupleElement(tupleElement(pair, 'value'), 'value') = 'int_value', attributes)),
    'Map(LowCardinality(String), Int64)')
