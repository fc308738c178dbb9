"""From the spool to any OTLP vendor: destinations in `trivet.toml`, each with its own durable place in every stream.

`target` reads a [[forward]] table, `lane` carries one signal there, `send_http` and `send_grpc` speak OTLP, `forwarder`
runs them all. A vendor is changed in that file and nowhere else.
"""
