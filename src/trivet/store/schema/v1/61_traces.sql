-- One row a trace, told by its root: the span without a parent, else the earliest that came.
CREATE OR REPLACE VIEW traces AS
SELECT span.trace_id AS trace_id,
       argMin(span.service, (span.parent_span_id != '', span.start)) AS service,
       argMin(span.name, (span.parent_span_id != '', span.start)) AS name,
       min(span.start) AS start,
       argMin(span.duration, (span.parent_span_id != '', span.start)) AS duration,
       count() AS spans,
       countIf(span.status = 'error') AS errors,
       max(span.running) AS running
FROM spans AS span
GROUP BY span.trace_id
