"""A million mutations of the recorded bodies against the receiver: `python -m bench.fuzz [COUNT] [SEED]`.

Every answer must be one of those that a sender may get, the process must live, and its memory must stay bounded.
"""

import itertools
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.load import http_request
from bench.processes import Measured, trivet_receiving

sys.path.append(str(Path(__file__).parent.parent / "tests"))  # the mutations are the tests' own
from receive.fuzzing import ALLOWED, mutations

COUNT = 1_000_000
AHEAD = 32
"""Requests sent before their answers are read; the server takes twice that."""
MAX_GROWTH = 200 * 1024 * 1024


def main(count: int = COUNT, seed: int = 1) -> None:
    started = time.perf_counter()
    with trivet_receiving() as server:
        before = server.rss_bytes
        answers = _exchange(server, count, seed)
        growth = server.rss_bytes - before
        alive = server.process.poll() is None
    strange = {code: number for code, number in answers.items() if code not in ALLOWED}
    print(f"{answers.total():,} mutations in {time.perf_counter() - started:.0f} s: {dict(sorted(answers.items()))}")
    print(f"strange answers {strange or 'none'}; process alive {alive}; memory grown by {growth / 2**20:.0f} MiB")
    if strange or not alive or growth > MAX_GROWTH:
        raise SystemExit(1)


def _exchange(server: Measured, count: int, seed: int) -> Counter[int]:
    answers: Counter[int] = Counter()
    bodies = mutations(count, seed)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        reader = connection.makefile("rb")
        while batch := list(itertools.islice(bodies, AHEAD)):
            connection.sendall(b"".join(http_request(path, body, kind) for path, kind, body in batch))
            answers.update(itertools.islice(_codes(reader), len(batch)))
    return answers


def _codes(reader: object) -> Iterator[int]:
    """The status of each answer, its head and body read past."""
    while line := reader.readline():
        code, length = int(line.split()[1]), 0
        while (field := reader.readline().lower()) != b"\r\n":
            if field.startswith(b"content-length:"):
                length = int(field.partition(b":")[2])
        reader.read(length)
        yield code


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
