-- As otel_spans.
ALTER TABLE otel_series
    DROP INDEX IF EXISTS by_items, DROP COLUMN IF EXISTS items,
    ADD INDEX IF NOT EXISTS by_attributes trivet_series_items(attributes, resource, elements)
        TYPE text(tokenizer = 'array')
