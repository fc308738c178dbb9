"""A BigQuery of a few lines, on its REST interface: jobs that are done at the second look, and the errors it has."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

SCHEMA = {"fields": [{"name": "plan", "type": "STRING"}]}
STATISTICS = {
    "creationTime": "1000", "startTime": "1250", "endTime": "2000", "totalSlotMs": "640",
    "query": {"cacheHit": False, "totalBytesProcessed": "4096", "totalBytesBilled": "10485760", "totalSlotMs": "640"},
}  # fmt: skip


def error(code: int, reason: str, message: str) -> tuple[int, dict[str, Any]]:
    return code, {"error": {"code": code, "message": message, "errors": [{"reason": reason, "message": message}]}}


class Rest(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    jobs: dict[str, dict[str, Any]]
    asked: list[str]
    seen_headers: list[Any]

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(json.loads(body))

    def _answer(self, body: dict[str, Any]) -> None:
        path = urlsplit(self.path).path.removeprefix("/bigquery/v2/projects/shop/")
        self.asked.append(f"{self.command} {path.partition('/')[0]}")
        self.seen_headers.append(self.headers)
        status, answer = self._call(path.split("/"), body)
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _call(self, path: list[str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        match (self.command, *path):
            case ("POST", "jobs"):
                return self._begin(body)
            case ("GET", "jobs", job):
                return 200, self._look(job)
            case ("GET", "queries", job):
                return 200, self._rows(self.jobs[job]["jobReference"])
            case ("POST", "queries"):
                if "nowhere" in body["query"]:
                    return error(404, "notFound", "Not found: Table shop:nowhere")
                return 200, self._rows({"projectId": "shop", "jobId": "at-once", "location": "EU"})
            case ("GET", "datasets", *_):
                return error(403, "accessDenied", "no")
        return error(404, "notFound", self.path)

    def _begin(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if "syntax" in json.dumps(body["configuration"]):
            return error(400, "invalidQuery", "Syntax error")
        job = {**body, "status": {"state": "RUNNING"}, "statistics": {"creationTime": "1000"}}
        job["jobReference"] = {**body["jobReference"], "location": "EU"}
        self.jobs[job["jobReference"]["jobId"]] = job
        return 200, job

    def _look(self, job: str) -> dict[str, Any]:
        found = self.jobs[job]
        seen = found.setdefault("seen", 0)
        found["seen"] += 1
        if seen:
            found |= {"status": {"state": "DONE"}, "statistics": STATISTICS}
            if "too big" in json.dumps(found["configuration"]):
                failure = {"reason": "resourcesExceeded", "message": "too big"}
                found["status"] |= {"errorResult": failure, "errors": [failure]}
        return found

    def _rows(self, reference: dict[str, Any]) -> dict[str, Any]:
        rows = {"schema": SCHEMA, "rows": [{"f": [{"v": "pro"}]}], "totalRows": "1", "jobComplete": True}
        return {**rows, "jobReference": reference, "cacheHit": True, "totalBytesProcessed": "4096", "location": "EU"}

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def running_bigquery() -> Iterator[tuple[str, type[Rest]]]:
    handler = type("Handler", (Rest,), {"jobs": {}, "asked": [], "seen_headers": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler
    server.shutdown()
    thread.join()
    server.server_close()
