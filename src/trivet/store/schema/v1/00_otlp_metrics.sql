CREATE TABLE IF NOT EXISTS otlp_metrics ({columns:metrics}) ENGINE = Null
