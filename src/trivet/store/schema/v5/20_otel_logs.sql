-- As otel_spans.
ALTER TABLE otel_logs
    DROP INDEX IF EXISTS by_items, DROP INDEX IF EXISTS by_words,
    DROP COLUMN IF EXISTS items, DROP COLUMN IF EXISTS words,
    ADD INDEX IF NOT EXISTS by_attributes trivet_log_items(attributes, resource, scope_attributes, elements)
        TYPE text(tokenizer = 'array'),
    ADD INDEX IF NOT EXISTS by_text trivet_log_words(body, event_name, attributes)
        TYPE text(tokenizer = 'splitByNonAlpha')
