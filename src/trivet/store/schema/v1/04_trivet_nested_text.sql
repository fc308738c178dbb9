-- As trivet_text for a value that came inside a list: its own arrays and lists stay base64 protobuf.
CREATE OR REPLACE FUNCTION trivet_nested_text AS (leaf) -> multiIf(
    tupleElement(leaf, 'value') = 'array_value', base64Encode(tupleElement(leaf, 'array_value')),
    tupleElement(leaf, 'value') = 'kvlist_value', base64Encode(tupleElement(leaf, 'kvlist_value')),
    trivet_leaf_text(leaf))
