"""Other people's SDKs, installed from the package index into an environment that is thrown away with its directory.

Ours is installed beside them from this clone, so that everybody runs on the same Python and the same libraries.
"""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
PACKAGES: Final = (
    "ddtrace==4.16.0",
    "logfire==5.4.0",
    "opentelemetry-distro==0.66b2",
    "opentelemetry-exporter-otlp-proto-http==1.45.2",
    "opentelemetry-instrumentation-httpx==0.66b2",
    "opentelemetry-instrumentation-redis==0.66b2",
    "opentelemetry-instrumentation-requests==0.66b2",
    "opentelemetry-instrumentation-sqlalchemy==0.66b2",
    "httpx==0.28.1",
    "redis==7.1.0",  # the newest in OpenTelemetry's range, as the next two
    "requests==2.34.2",
    "sqlalchemy==2.0.45",
)


@contextmanager
def environment() -> Iterator[Path]:
    """Its directory of commands: `python`, `trivet`, `opentelemetry-instrument`, `ddtrace-run`."""
    uv = Path(sys.executable).with_name("uv")
    with tempfile.TemporaryDirectory(prefix="trivet-bench-") as directory:
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, directory], check=True)
        python = Path(directory, "bin", "python")
        install = [uv, "pip", "install", "-q", "--python", str(python)]
        subprocess.run([*install, *PACKAGES], check=True)
        subprocess.run([*install, "--no-deps", "-e", str(ROOT)], check=True)
        subprocess.run([python, "-m", "compileall", "-qq", directory], check=False)
        yield python.parent


class _Forgetful(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            self._read_chunks()
        else:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(b"{}")

    do_PUT = do_POST

    def do_GET(self) -> None:
        """What ddtrace asks its agent first; anything else is somebody's website."""
        self._answer(b'{"endpoints": ["/v0.4/traces", "/v0.5/traces"]}' if self.path == "/info" else b"{}")

    def _read_chunks(self) -> None:
        while size := int(self.rfile.readline(), 16):
            self.rfile.read(size + 2)
        self.rfile.readline()

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if body != b"" else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def forgetful() -> Iterator[str]:
    """An endpoint that takes everything and keeps nothing, in this process: its CPU is not the measured one's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Forgetful)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
