"""The wire: OTLP messages, what is valid and how many items are in it, the JSON mapping, framing.

Nothing here knows who uses it. `framing` is plain Python, for the base install; the rest needs the upb runtime.
"""
