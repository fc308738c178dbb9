"""In your app: spans, logs and metrics behind the OpenTelemetry API, batched and delivered, never in the app's way.

`api` is what people call; `tracer`, `logs` and `metrics` make the data; `encode` writes OTLP; `outbox` sends it,
`spill` keeps what could not be sent, and `exits` sees to it that a process does not end with its data.
"""
