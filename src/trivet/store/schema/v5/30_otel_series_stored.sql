-- As otel_spans.
ALTER TABLE otel_series MATERIALIZE INDEX by_attributes
