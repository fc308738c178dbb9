-- A map's entries as `key=value`.
CREATE OR REPLACE FUNCTION trivet_pairs AS (held) ->
    arrayMap((key, value) -> concat(key, '=', value), mapKeys(held), mapValues(held))
