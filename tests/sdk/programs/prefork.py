"""A WSGI app for gunicorn, traced by hand."""

import os
import time

from opentelemetry import trace

tracer = trace.get_tracer("web")


def app(environ, start_response):
    with tracer.start_as_current_span("GET " + environ["PATH_INFO"]):
        time.sleep(0.005)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]
