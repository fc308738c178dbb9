"""The HTTP API, the pages and health: what is asked from outside, and who may ask it.

`app.py` puts it together, `gate.py` stands in front, `calls.py` turns a typed function into a call of the API (and the
OpenAPI document), `problems.py` is the one place where errors become answers. No question is answered here: routes hand
out what `query/` finds.
"""
