-- One row is one request; nothing is stored here, the views below file it. The columns mirror otlp.proto.
CREATE TABLE IF NOT EXISTS otlp_traces ({columns:traces}) ENGINE = Null
