CREATE MATERIALIZED VIEW IF NOT EXISTS red_from_spans TO red AS
SELECT day, toStartOfMinute(start) AS minute, service, name, kind, parent_span_id = toFixedString('', 8) AS root,
       count() AS samples, sum(toFloat64(weight)) AS count, sumIf(toFloat64(weight), status_code = 2) AS errors,
       quantilesTDigestWeightedState(0.5, 0.95, 0.99)(duration, toUInt64(round(weight))) AS durations
FROM otel_spans
GROUP BY day, minute, service, name, kind, root
