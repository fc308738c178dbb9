"""Kills a real writer at random moments and compares what it was answered with what is there.

python tests/spool/killed_writer.py DIRECTORY     the writer: appends for ever, prints what was acknowledged
kill_rounds(directory, rounds, random)            the rounds; the benchmark runs many, the tests a few
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

from trivet.spool.spool import Spool

SETTINGS = {"segment_bytes": 200_000, "max_bytes": 10**9, "min_free_bytes": 0, "batch_memory": 3600.0}


def body_for(key: bytes) -> bytes:
    """What the writer sends under this batch key."""
    return key * (1 + zlib.crc32(key) % 200)


async def write(spool: Spool) -> None:
    async def sender() -> None:
        while True:
            key = os.urandom(16)
            number = await spool.append("traces", body_for(key), items=1, batch=key)
            os.write(1, f"{number} {key.hex()}\n".encode())  # one call: a line arrives whole or not at all

    await asyncio.gather(*(sender() for _ in range(8)))


def kill_rounds(directory: Path, rounds: int, chance: random.Random) -> int:
    """Asserts after every kill that each acknowledged record is there once and exactly; how many were."""
    acknowledged: dict[int, bytes] = {}
    for _ in range(rounds):
        acknowledged |= _killed_after(directory, chance.uniform(0.0, 0.15))
        spool = Spool(directory, **SETTINGS)
        spool.open()
        _compare(spool, acknowledged)
        spool.close()
    return len(acknowledged)


def _killed_after(directory: Path, seconds: float) -> dict[int, bytes]:
    writer = subprocess.Popen([sys.executable, __file__, directory], stdout=subprocess.PIPE)
    first = writer.stdout.readline()
    time.sleep(seconds)
    writer.send_signal(signal.SIGKILL)
    lines = [first, *writer.stdout.read().splitlines()]
    writer.stdout.close()
    writer.wait()
    return {int(number): bytes.fromhex(key.decode()) for number, key in map(bytes.split, lines)}


def _compare(spool: Spool, acknowledged: dict[int, bytes]) -> None:
    stream, found, position = spool.streams["traces"], {}, 1
    while records := stream.read(position, max_bytes=1_000_000):
        for record in records:
            assert record.body == body_for(record.batch), f"record {record.number} is not what was sent"
            assert record.batch not in found, f"record {record.number} is there twice"
            found[record.batch] = record.number
        position = records[-1].number + 1
    lost = {number for number, key in acknowledged.items() if found.get(key) != number}
    assert not lost, f"{len(lost)} acknowledged records are lost"
    assert stream.damaged.count == 0, spool.findings
    assert asyncio.run(_resend(spool, acknowledged)) == list(acknowledged)


async def _resend(spool: Spool, acknowledged: dict[int, bytes]) -> list[int]:
    return [await spool.append("traces", b"again", items=1, batch=key) for key in acknowledged.values()]


if __name__ == "__main__":
    target = Spool(Path(sys.argv[1]), **SETTINGS)
    target.open()
    asyncio.run(write(target))
