"""What is stored, as OTLP again: requests in OTLP's JSON that, sent to a server, store the same.

One file a signal turns rows into items; `values` turns texts and types into attribute values, `groups` puts items under
their resources and scopes. Field names: opentelemetry.io, "OTLP specification", JSON Protobuf Encoding.
"""
