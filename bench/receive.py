"""Receiving: OTLP over HTTP to an acknowledgement, against rotel, which acknowledges without keeping.

Both get the same bodies from the same generator on the same cores, in turns. Ours fsyncs before it answers.
"""

import gzip
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median

from bench.bodies import trace_body
from bench.load import http_request, send
from bench.processes import Measured, rotel_receiving, trivet_receiving
from trivet.otlp.json_mapping import to_json

SPANS = 512
SECONDS = 1.2
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Result:
    requests_per_second: float
    cpu_per_request: float

    @classmethod
    def middle(cls, results: Sequence["Result"]) -> "Result":
        return cls(median(r.requests_per_second for r in results), median(r.cpu_per_request for r in results))


def measure(server: Measured, request: bytes, connections: int, seconds: float = SECONDS) -> Result:
    before = server.cpu_seconds
    load = send(server.port, request, connections=connections, seconds=seconds)
    return Result(load.rate, (server.cpu_seconds - before) / max(1, load.requests))


def rounds(
    starters: Sequence[Callable[[], AbstractContextManager[Measured]]], request: bytes, connections: int
) -> list[Result]:
    """The middle of ROUNDS results for each server, taken in turns so that a busy minute hits both."""
    results: list[list[Result]] = [[] for _ in starters]
    for _ in range(ROUNDS):
        for start, found in zip(starters, results, strict=True):
            with start() as server:
                measure(server, request, connections, seconds=0.3)
                found.append(measure(server, request, connections))
    return [Result.middle(found) for found in results]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request; `spans` of 1 is shown per request."""

    name: str
    spans: int
    request: bytes
    connections: int = 16


def cases() -> list[Case]:
    body, small = trace_body(SPANS), trace_body(1)
    zipped = http_request("/v1/traces", gzip.compress(body, 6), more="Content-Encoding: gzip\r\n")
    text = http_request("/v1/traces", to_json("traces", body), "application/json")
    return [
        Case(f"protobuf, {SPANS} spans a body", SPANS, http_request("/v1/traces", body)),
        Case("the same in gzip", SPANS, zipped),
        Case("the same in JSON", SPANS, text),
        Case("protobuf, 1 span a body", 1, http_request("/v1/traces", small), connections=64),
    ]


def main() -> None:
    print(f"{'':34} {'trivet':>12} {'rotel':>12} {'ratio':>8}")
    for case in cases():
        ours, theirs = rounds((trivet_receiving, rotel_receiving), case.request, case.connections)
        what = "span" if case.spans > 1 else "request"
        print(case.name)
        _row(f"  {what}s/s", ours.requests_per_second * case.spans, theirs.requests_per_second * case.spans, "{:,.0f}")
        ours_cpu, theirs_cpu = (result.cpu_per_request / case.spans * 1e6 for result in (ours, theirs))
        _row(f"  server CPU, µs/{what}", ours_cpu, theirs_cpu, "{:.2f}")
    print(f"{'durable at acknowledgement':34} {'yes':>12} {'no':>12}")


def _row(what: str, ours: float, theirs: float, form: str) -> None:
    print(f"{what:34} {form.format(ours):>12} {form.format(theirs):>12} {ours / theirs:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
