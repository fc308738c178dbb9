-- As trivet_span_words, of a log record.
CREATE OR REPLACE FUNCTION trivet_log_words AS (body, event_name, attributes) ->
    lowerUTF8(concat(body, ' ', event_name, ' ', arrayStringConcat(mapValues(attributes), ' ')))
