"""A program that starts contrib's instrumentation by itself. `started_themselves.py URL before|after`."""

import sys

if sys.argv[2] == "after":
    import requests
from opentelemetry.instrumentation.requests import RequestsInstrumentor

RequestsInstrumentor().instrument()
if sys.argv[2] == "before":
    import requests

requests.get(f"{sys.argv[1]}/asked", timeout=10)

layer = requests.Session.send
while layer is not None:
    print(layer.__code__.co_filename)
    layer = getattr(layer, "__wrapped__", None)
