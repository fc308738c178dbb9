-- The canonical text of a plain value inside an array or list; '' for what lies deeper.
CREATE OR REPLACE FUNCTION trivet_leaf_text AS (leaf) -> multiIf(
    tupleElement(leaf, 'value') = 'string_value', trivet_utf8(tupleElement(leaf, 'string_value')),
    tupleElement(leaf, 'value') = 'int_value', toString(tupleElement(leaf, 'int_value')),
    tupleElement(leaf, 'value') = 'double_value', toString(tupleElement(leaf, 'double_value')),
    tupleElement(leaf, 'value') = 'bool_value', if(tupleElement(leaf, 'bool_value'), 'true', 'false'),
    tupleElement(leaf, 'value') = 'bytes_value', base64Encode(tupleElement(leaf, 'bytes_value')),
    '')
