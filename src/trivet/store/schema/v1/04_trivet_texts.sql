-- Attributes as a map of canonical texts. Order and duplicate keys stay as sent (a map is an array of pairs);
-- `map['key']` is the first.
CREATE OR REPLACE FUNCTION trivet_texts AS (attributes) -> CAST(
    arrayMap(pair -> (trivet_utf8(tupleElement(pair, 'key')), trivet_text(tupleElement(pair, 'value'))), attributes),
    'Map(LowCardinality(String), String)')
