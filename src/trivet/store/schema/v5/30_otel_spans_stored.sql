-- Of what is stored already; the engine does it behind, and until then reads rows where it will ask the index.
ALTER TABLE otel_spans MATERIALIZE INDEX by_attributes, MATERIALIZE INDEX by_text
