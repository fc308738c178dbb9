-- Gauges and sums as `value`; of histograms and summaries `value` is the mean, with count and sum beside it.
CREATE OR REPLACE VIEW metric_points AS
SELECT points.metric AS metric, type, unit, service, time, value, count, sum, attributes, resource, scope
FROM (
    SELECT day, metric, series_id, time, value, NULL AS count, NULL AS sum FROM otel_number_points WHERE value_type != 'none'
    UNION ALL
    SELECT day, metric, series_id, time, sum / count, count, sum FROM otel_histogram_points
    UNION ALL
    SELECT day, metric, series_id, time, sum / count, count, sum FROM otel_exponential_points
    UNION ALL
    SELECT day, metric, series_id, time, sum / count, count, sum FROM otel_summary_points
) AS points
LEFT ANY JOIN otel_series AS series ON series.metric = points.metric AND series.series_id = points.series_id
