-- The one canonical text of an AnyValue: what is shown, indexed and compared. With the value's type beside it the
-- value comes back exactly (see query/attributes.py).
CREATE OR REPLACE FUNCTION trivet_text AS (any) -> multiIf(
    tupleElement(any, 'value') = 'string_value', trivet_utf8(tupleElement(any, 'string_value')),
    tupleElement(any, 'value') = 'int_value', toString(tupleElement(any, 'int_value')),
    tupleElement(any, 'value') = 'double_value', toString(tupleElement(any, 'double_value')),
    tupleElement(any, 'value') = 'bool_value', if(tupleElement(any, 'bool_value'), 'true', 'false'),
    tupleElement(any, 'value') = 'bytes_value', base64Encode(tupleElement(any, 'bytes_value')),
    tupleElement(any, 'value') = 'array_value', concat('[',
        arrayStringConcat(arrayMap(leaf -> trivet_json(leaf),
                                   tupleElement(tupleElement(any, 'array_value'), 'values')), ','), ']'),
    tupleElement(any, 'value') = 'kvlist_value', concat('[',
        arrayStringConcat(arrayMap(pair -> concat('[', toJSONString(trivet_utf8(tupleElement(pair, 'key'))), ',',
                                                  trivet_json(tupleElement(pair, 'value')), ']'),
                                   tupleElement(tupleElement(any, 'kvlist_value'), 'values')), ','), ']'),
    '')
