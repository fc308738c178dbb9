"""Which resent requests have been here already: an index of batch keys in memory, small and bounded.

A key is 16 bytes and leads to 8 bytes of record number. A dictionary of Python objects would take ~190 bytes for each;
here entries lie end to end in buckets that are searched with `bytes.find`, ~32 bytes for each (a million, measured).
Keys are kept in generations, and forgetting is dropping the oldest one.
"""

import hashlib
import threading
from collections import deque
from typing import Any

KEY_SIZE = 16
ENTRY_SIZE = KEY_SIZE + 8
GENERATIONS = 4
BUCKET_ENTRIES = 32


def identity(signal: str, tenant: str, batch: bytes) -> bytes:
    """16 bytes for a batch key as one tenant used it on one signal."""
    return hashlib.blake2b(f"{signal}\0{tenant}\0".encode() + batch, digest_size=KEY_SIZE).digest()


class Generation:
    """Keys of one stretch of time."""

    def __init__(self, capacity: int, started: int):
        self.capacity = capacity
        self.started = started
        self.newest = started
        self.count = 0
        self._buckets = [bytearray() for _ in range(max(1, capacity // BUCKET_ENTRIES))]

    def find(self, key: bytes) -> int | None:
        bucket = self._buckets[hash(key) % len(self._buckets)]
        at = bucket.find(key)
        while at >= 0:
            if at % ENTRY_SIZE == 0:
                return int.from_bytes(bucket[at + KEY_SIZE : at + ENTRY_SIZE], "little")
            at = bucket.find(key, at + 1)
        return None

    def add(self, key: bytes, number: int, received: int) -> None:
        bucket = self._buckets[hash(key) % len(self._buckets)]
        bucket += key + number.to_bytes(8, "little")
        self.count += 1
        self.newest = max(self.newest, received)


class BatchKeys:
    """Keys of the last `memory` seconds, or half as long again, at most `limit` of them; thread-safe."""

    def __init__(self, *, memory: float, limit: int):
        self._span = int(memory * 1e9)
        self._limit = limit
        self._capacity = max(1, limit // GENERATIONS)
        self._generations: deque[Generation] = deque()  # newest first
        self._on_the_way: dict[bytes, Any] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return sum(generation.count for generation in self._generations)

    def find(self, key: bytes) -> int | None:
        """The record number that the key led to, if it is remembered."""
        with self._lock:
            return self._find(key)

    def _find(self, key: bytes) -> int | None:
        for generation in self._generations:
            number = generation.find(key)
            if number is not None:
                return number
        return None

    def claim(self, key: bytes, pending: Any) -> Any:
        """The number that the key led to, or who appends it: `pending`, or the one whose answer it now shares."""
        with self._lock:
            number = self._find(key)
            if number is not None:
                return number
            other = self._on_the_way.setdefault(key, pending)
            if other is not pending:
                other.futures.extend(pending.futures)
            return other

    def settle(self, key: bytes, number: int | None, received: int) -> None:
        """An append has ended: durable as `number`, or failed and so forgotten."""
        with self._lock:
            self._on_the_way.pop(key, None)
            if number is not None:
                self._add(key, number, received)

    def add(self, key: bytes, number: int, received: int) -> None:
        with self._lock:
            self._add(key, number, received)

    def _add(self, key: bytes, number: int, received: int) -> None:
        newest = self._generations[0] if self._generations else None
        if newest is None or newest.count >= newest.capacity or received - newest.started > self._span // GENERATIONS:
            self._generations.appendleft(newest := Generation(self._capacity, received))
            self._forget(received)
        newest.add(key, number, received)

    def _forget(self, now: int) -> None:
        while len(self._generations) > 1 and self._oldest_must_go(now):
            self._generations.pop()

    def _oldest_must_go(self, now: int) -> bool:
        return now - self._generations[-1].newest > self._span or len(self) > self._limit - self._capacity
