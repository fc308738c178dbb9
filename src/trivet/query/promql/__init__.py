"""PromQL over the metric tables: text → tree → what to fetch → samples out of the engine → an evaluator in Python.

names labels        OpenTelemetry's names as Prometheus': https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
tree parse          the expression; the grammar is the parser library's, the types are ours
catalogue series    which metrics and series a selector means
plan fetch          one statement for each selector, on the grid of time that its place in the expression asks for
evaluate            all that is done with them: windows functions aggregate binary buckets native
"""
