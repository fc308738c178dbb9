"""What is different about these, which fields split them, what do they hold: latency and rows read at the API, over
`TRIVET_BENCH_SPANS` spans of the last hour (a million unless said otherwise), in which a slow tenant and the lock that
it waits for are to be found. The figures are of the machine they are taken on.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import quote

from bench.faults import Server
from bench.store import cpu_seconds
from trivet.settings import GiB
from trivet.store.client import Address, Client
from trivet.store.engine import Engine
from trivet.store.migrations import migrate
from trivet.store.steps import Steps
from trivet.store.store import DATABASE

SPANS: Final = int(os.environ.get("TRIVET_BENCH_SPANS", "1000000"))
AT_ONCE: Final = 500_000
HOUR: Final = 3600 * 10**9
ASKED: Final = 7
# As trivet_origin writes it (store/schema).
ORIGIN: Final = json.dumps({
    "resource_types": [1, 1, 1], "resource_dropped": 0, "resource_schema_url": "", "entity_refs": [],
    "scope_name": "bench", "scope_version": "", "scope_keys": [], "scope_texts": [], "scope_types": [],
    "scope_dropped": 0, "scope_schema_url": "",
})  # fmt: skip
Json = dict[str, Any]


def fill(data: Path, spans: int = SPANS) -> None:
    """The store of a server that is not running."""
    engine = Engine(data / "store", memory=2 * GiB)
    engine.start()
    try:
        address = engine.address
        client = Client(Address(address.url, address.user, address.password, DATABASE), seconds=600)
        migrate(client, DATABASE)
        for params in parts(time.time_ns() - HOUR, spans):
            client.command(SQL.read_text(), params=params, settings={"max_insert_block_size": 100_000})
        Steps(client, [Loaded()]).run_due()
        client.close()
    finally:
        engine.stop()


SQL: Final = Path(__file__).with_name("many_spans.sql")


class Loaded:
    """A loader with nothing left to do."""

    def lag(self) -> float:
        return 0.0


def parts(start: int, spans: int) -> Iterator[Mapping[str, int | str]]:
    fixed = {"start": start, "every": HOUR * 10 // spans, "origin": ORIGIN}
    for first in range(0, spans, AT_ONCE):
        yield fixed | {"from": first, "count": min(AT_ONCE, spans - first)}


def compare(filter: str, baseline: str | None = None) -> tuple[str, Json]:
    other = {} if baseline is None else {"baseline": {"filter": baseline, "start": "now-2h"}}
    return "/api/compare", {"selection": {"filter": filter, "start": "now-2h"}, **other}


QUESTIONS: Final = {
    "compare: slow requests": compare("service:web root:true duration>1s"),
    "compare: anything slow": compare("duration>1s"),
    "compare: errors": compare("status:error"),
    "compare: one service with all": compare("service:api", ""),
    "fields": ("/api/fields?start=now-2h", None),
    "fields that split errors": ("/api/fields?start=now-2h&filter=status:error", None),
    "values of an attribute": ("/api/values?start=now-2h&field=tenant", None),
    "values among errors": ("/api/values?start=now-2h&field=db.collection.name&filter=status:error", None),
    "patterns of names": ("/api/patterns?start=now-2h&signal=traces", None),
}


def ask(server: Server, path: str, body: Json | None) -> Json:
    answer = server.ask(quote(path, safe="/?&=:"), body) if body else server.ask(quote(path, safe="/?&=:"))
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer


def measure(name: str, server: Server, take: Callable[[], Json]) -> Json:
    take()
    engine, took = cpu_seconds(server.engine), []
    for _ in range(ASKED):
        begun = time.perf_counter()
        answer = take()
        took.append((time.perf_counter() - begun) * 1e3)
    cpu = (cpu_seconds(server.engine) - engine) / ASKED * 1e3
    print(f"{name:32}{median(took):9.0f} ms p50{cpu:9.0f} ms CPU{answer['scanned']['rows']:14,} rows", flush=True)
    return answer


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory) / "data"
        begun = time.monotonic()
        fill(data)
        print(f"{SPANS:,} spans made in {time.monotonic() - begun:.0f} s", flush=True)
        server = Server(data)
        server.start()
        try:
            for name, (path, body) in QUESTIONS.items():
                answer = measure(name, server, lambda path=path, body=body: ask(server, path, body))
                if path == "/api/compare":
                    print("    " + ", ".join(f"{each['field']} {each['score']}" for each in answer["fields"][:3]))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
