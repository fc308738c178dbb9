"""What every process of the demo begins and ends with."""

import argparse
import logging
from http.server import ThreadingHTTPServer
from pathlib import Path

import trivet


def begin(service: str) -> argparse.Namespace:
    """Starts Trivet in this process; what it was told: --endpoint, --directory, --api, --calm."""
    parser = argparse.ArgumentParser(prog=service)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--api", default="")
    parser.add_argument("--calm", action="store_true")
    told = parser.parse_args()
    trivet.start(service, told.endpoint, spill_dir=told.directory / "spill")
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger().addHandler(logging.NullHandler())  # the terminal is the demo's; records go to the server
    return told


def ready(word: str) -> None:
    """The one line that the demo waits for."""
    print(word, flush=True)


def serve_forever(server: ThreadingHTTPServer) -> None:
    ready(f"http://127.0.0.1:{server.server_port}")
    with server:
        server.serve_forever()
