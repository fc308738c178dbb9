"""The shape of `/api/status`. Counts are spans, log records and metric points, since the process started."""

from typing import Literal

from msgspec import Struct


class SignalStatus(Struct):
    """`lag_s`: how long ago the oldest item came that is not yet stored; `last_error`: why, when that failed."""

    received: int
    rejected: int
    acknowledged: int
    stored: int
    lag_s: float
    last_error: str | None = None


class EngineStatus(Struct):
    kind: Literal["embedded", "server"]
    version: str
    up: bool
    restarts: int
    rss_bytes: int


class DiskStatus(Struct):
    spool_bytes: int
    store_bytes: int
    free_bytes: int


class ForwardStatus(Struct):
    """One destination, in items: `pending` wait for it, the oldest for `lag_s`."""

    name: str
    lag_s: float
    pending: int
    sent: int
    failed: int
    skipped: int
    last_error: str | None


class AskedStatus(Struct):
    """Questions that were kept, and that were too many to be."""

    recorded: int
    dropped: int


class Status(Struct):
    version: str
    uptime_s: float
    signals: dict[str, SignalStatus]
    engine: EngineStatus
    disk: DiskStatus
    forward: list[ForwardStatus]
    asked: AskedStatus
