"""What an instrumented call costs: requests, httpx, redis and SQLAlchemy, bare, with our rules, and with
OpenTelemetry's instrumentation packages on the official SDK.

Each in a process of its own, sending to an endpoint that accepts and forgets; what is printed is the CPU of the whole
process per call, in µs, the best of some rounds. HTTP calls go to a server in the bench's process, Redis is a real one,
SQLAlchemy's SQLite lies in memory.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

CALLS = 3000
BURST = 500
ROUNDS = 3

Call = Callable[[], Any]


def of_requests(server: str, redis: str) -> Call:
    import requests

    session = requests.Session()
    return lambda: session.get(f"{server}/stock").content


def of_httpx(server: str, redis: str) -> Call:
    import httpx

    client = httpx.Client(trust_env=False)
    return lambda: client.get(f"{server}/stock").content


def of_redis(server: str, redis: str) -> Call:
    import redis as library

    client = library.Redis.from_url(redis)
    return lambda: client.set("stock", "7")


def of_sqlalchemy(server: str, redis: str) -> Call:
    import sqlalchemy

    connection = sqlalchemy.create_engine("sqlite://").connect()
    statement = sqlalchemy.text("SELECT 7 AS stock WHERE 1 = :one")
    return lambda: connection.execute(statement, {"one": 1}).scalar()


LIBRARIES: Mapping[str, Callable[[str, str], Call]] = {
    "requests": of_requests, "httpx": of_httpx, "redis": of_redis, "sqlalchemy": of_sqlalchemy,
}  # fmt: skip


def bare(library: str, endpoint: str) -> Call:
    return lambda: None


def trivet(library: str, endpoint: str) -> Call:
    import trivet as ours

    ours.start("bench", endpoint, metrics=False, logs=False)
    return lambda: ours.flush(30)


def contrib(library: str, endpoint: str) -> Call:
    from importlib import metadata

    from opentelemetry import trace

    from bench.sdk import official_provider

    provider = official_provider(endpoint)
    trace.set_tracer_provider(provider)
    [point] = metadata.entry_points(group="opentelemetry_instrumentor", name=library)
    point.load()().instrument(tracer_provider=provider)
    return provider.force_flush


TELLERS = {"bare": bare, "trivet": trivet, "contrib": contrib}


def measure(teller: str, library: str, endpoint: str, redis: str) -> dict[str, float]:
    """µs of CPU per call."""
    flush = TELLERS[teller](library, endpoint)
    call = LIBRARIES[library](endpoint, redis)
    for _ in range(BURST):
        call()
    flush()
    begun = time.process_time()
    for _ in range(CALLS // BURST):
        for _ in range(BURST):
            call()
        time.sleep(0.02)
    flush()
    return {"whole": (time.process_time() - begun) / CALLS * 1e6}


@contextmanager
def running_redis() -> Iterator[str]:
    from trivet.demo.leash import Leash
    from trivet.demo.redis import Redis

    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        yield Redis(Path(directory), stack.enter_context(Leash()), stack).url


def main() -> None:
    from bench.peers import environment, forgetful
    from bench.sdk import best, in_process

    with environment() as commands, forgetful() as endpoint, running_redis() as redis:

        def once(library: str) -> dict[str, dict[str, float]]:
            python = commands / "python"
            return {who: in_process(python, "bench.instrument", who, library, endpoint, redis) for who in TELLERS}

        print(f"µs of CPU per call, best of {ROUNDS} × {CALLS:,}; what telling adds")
        for library in LIBRARIES:
            found = {who: each["whole"] for who, each in best([once(library) for _ in range(ROUNDS)]).items()}
            ours, theirs = found["trivet"] - found["bare"], found["contrib"] - found["bare"]
            print(
                f"  {library:12} bare {found['bare']:6.1f}   by Trivet +{ours:5.1f}   by contrib +{theirs:5.1f}"
                f"   ours ÷ theirs {ours / theirs:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    if len(sys.argv) == 5:
        print(json.dumps(measure(*sys.argv[1:])))
    else:
        main()
