-- What free text is searched in, in lower case.
CREATE OR REPLACE FUNCTION trivet_span_words AS (name, status_message, attributes, event_names, events) -> lowerUTF8(concat(
    name, ' ', status_message, ' ', arrayStringConcat(mapValues(attributes), ' '), ' ',
    arrayStringConcat(event_names, ' '), ' ',
    arrayStringConcat(arrayMap(event -> arrayStringConcat(mapValues(event), ' '), events), ' ')))
