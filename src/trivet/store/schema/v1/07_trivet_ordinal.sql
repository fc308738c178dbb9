-- A row's place inside its request, from the three nested positions; 21 bits each is more than a request can hold.
CREATE OR REPLACE FUNCTION trivet_ordinal AS (outer, middle, inner) ->
    bitShiftLeft(toUInt64(outer), 42) + bitShiftLeft(toUInt64(middle), 21) + inner
