-- A value inside an array or a key-value list, as JSON that keeps its type: {"$double": …}, {"$bytes": …}; an absent
-- value is {"$empty": true}, and what lies deeper still is the protobuf of its ArrayValue or KeyValueList in base64.
CREATE OR REPLACE FUNCTION trivet_json AS (leaf) -> multiIf(
    tupleElement(leaf, 'value') = 'string_value', toJSONString(trivet_utf8(tupleElement(leaf, 'string_value'))),
    tupleElement(leaf, 'value') = 'int_value', toString(tupleElement(leaf, 'int_value')),
    tupleElement(leaf, 'value') = 'bool_value', if(tupleElement(leaf, 'bool_value'), 'true', 'false'),
    tupleElement(leaf, 'value') = 'no', '{"$empty":true}',
    concat(transform(toInt8(tupleElement(leaf, 'value')), [4, 5, 6, 7],
                     ['{"$double":"', '{"$array":"', '{"$kvlist":"', '{"$bytes":"'], ''),
           if(tupleElement(leaf, 'value') = 'double_value', toString(tupleElement(leaf, 'double_value')),
              base64Encode(concat(tupleElement(leaf, 'array_value'), tupleElement(leaf, 'kvlist_value'),
                                  tupleElement(leaf, 'bytes_value')))),
           '"}'))
