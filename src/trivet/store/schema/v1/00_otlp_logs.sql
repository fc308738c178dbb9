CREATE TABLE IF NOT EXISTS otlp_logs ({columns:logs}) ENGINE = Null
