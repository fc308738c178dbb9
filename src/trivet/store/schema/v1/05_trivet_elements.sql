-- `key=element` for the plain elements of arrays and `key.sub=element` for those of key-value lists, for the index.
CREATE OR REPLACE FUNCTION trivet_elements AS (attributes) -> arrayFlatten(arrayMap(
    pair -> arrayConcat(
        arrayMap(leaf -> concat(tupleElement(pair, 'key'), '=', trivet_leaf_text(leaf)),
                 tupleElement(tupleElement(tupleElement(pair, 'value'), 'array_value'), 'values')),
        arrayMap(sub -> concat(tupleElement(pair, 'key'), '.', tupleElement(sub, 'key'), '=',
                               trivet_leaf_text(tupleElement(sub, 'value'))),
                 tupleElement(tupleElement(tupleElement(pair, 'value'), 'kvlist_value'), 'values'))),
    arrayFilter(pair -> tupleElement(tupleElement(pair, 'value'), 'value') IN ('array_value', 'kvlist_value'), attributes)))
