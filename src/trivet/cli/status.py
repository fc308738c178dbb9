"""`trivet status`: one look at the server."""

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from trivet.cli import arguments
from trivet.cli.figures import count, duration, one_line, size
from trivet.cli.table import table
from trivet.cli.terminal import show

Json = Mapping[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    server = arguments.connect(args)
    status = server.get("/api/status")
    if args.json:
        print(json.dumps(status, ensure_ascii=False))
    else:
        show(*_lines(server.url, status))
    return 0


def _lines(url: str, status: Json) -> Iterator[Any]:
    engine, disk = status["engine"], status["disk"]
    yield Text(f"Trivet {status['version']} at {url}, up for {duration(round(status['uptime_s'] * 1e9))}", "bold")
    yield Text.assemble(
        f"engine: {engine['kind']} {engine['version']}, ",
        ("up", "green") if engine["up"] else ("down", "bold red"),
        f", {engine['restarts']} restarts, {size(engine['rss_bytes'])} of memory",
    )
    yield Text(
        f"disk: spool {size(disk['spool_bytes'])}, store {size(disk['store_bytes'])}, {size(disk['free_bytes'])} free"
    )
    yield Text()
    yield _signals(status["signals"])
    if status["forward"]:
        yield Text()
        yield _destinations(status["forward"])


def _signals(signals: Mapping[str, Json]) -> Any:
    titles = [
        ("since the start", "left"),
        *((t, "right") for t in ("received", "rejected", "durable", "stored", "lag")),
    ]
    rows = []
    for name, signal in signals.items():
        counts = [count(signal[each]) for each in ("received", "rejected", "acknowledged", "stored")]
        rows.append([name, *counts, _lag(signal["lag_s"])])
    return table(titles, rows)


def _destinations(forward: list[Json]) -> Any:
    titles = [("destination", "left"), *((t, "right") for t in ("sent", "failed", "skipped", "pending", "lag"))]
    rows = (
        (
            one_line(each["name"]),
            *(count(each[n]) for n in ("sent", "failed", "skipped", "pending")),
            _lag(each["lag_s"]),
            Text(one_line(each["last_error"] or ""), "red"),
        )
        for each in forward
    )
    return table([*titles, ("last error", "left")], rows)


def _lag(seconds: float | None) -> str:
    return "–" if seconds is None else duration(round(seconds * 1e9)) if seconds else "0 s"
