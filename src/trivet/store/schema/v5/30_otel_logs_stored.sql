-- As otel_spans.
ALTER TABLE otel_logs MATERIALIZE INDEX by_attributes, MATERIALIZE INDEX by_text
