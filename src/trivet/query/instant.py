"""Points in time as people and programs write them, and the range of a question: unix nanoseconds throughout."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from trivet.errors import Invalid

Clock = Callable[[], int]

NS = 10**9
HOUR = 3600 * NS
# What a ClickHouse DateTime64(9) holds.
LATEST = 2**63 - 1
UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": NS, "m": 60 * NS, "h": HOUR, "d": 24 * HOUR}
UNITS["w"] = 7 * UNITS["d"]

_RELATIVE = re.compile(r"now(?:([+-])((?:\d{1,9}(?:ns|us|µs|ms|s|m|h|d|w))+))?")
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?)?(Z|z|[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` (included) to `end` (excluded)."""

    start: int
    end: int


ALL_TIME = Range(0, LATEST)


def instant(text: str, now: int) -> int:
    """`"1760000000000000000"`, `"2026-01-02T03:04:05.678Z"` (UTC when no zone is given), `"now-15m"` → nanoseconds."""
    text = text.strip()
    if re.fullmatch(r"\d{1,19}", text):
        return min(int(text), LATEST)
    found = _relative(text, now) if text.startswith("now") else _calendar(text)
    if found is None:
        raise Invalid(
            f"{text[:40]!r} is not a point in time",
            code="bad_time",
            hint="unix nanoseconds, RFC 3339 such as 2026-01-02T03:04:05Z, or now-15m",
        )
    return max(0, min(found, LATEST))


def time_range(start: str | None, end: str | None, now: int, *, default: int = HOUR) -> Range:
    """The range of a question; what is not given is now, and `default` nanoseconds before the end."""
    # Clocks of senders run ahead a little, and "now" should show what is there.
    finish = instant(end, now) if end else now + 60 * NS
    begin = instant(start, now) if start else max(0, min(finish, now) - default)
    if begin >= finish:
        raise Invalid("the time range ends before it begins", code="bad_time", hint="start must be before end")
    return Range(begin, finish)


def _relative(text: str, now: int) -> int | None:
    match = _RELATIVE.fullmatch(text)
    if not match:
        return None
    steps = re.findall(r"(\d+)(\D+)", match[2] or "")
    offset = sum(int(count) * UNITS[unit] for count, unit in steps)
    return now - offset if match[1] == "-" else now + offset


def _calendar(text: str) -> int | None:
    match = _RFC3339.fullmatch(text)
    if not match:
        return None
    day, clock, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}{(zone or 'Z').upper()}")
    except ValueError:
        return None
    seconds = int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    return seconds * NS + int((fraction or ".0")[1:].ljust(9, "0"))


def wall_clock() -> int:
    return time.time_ns()
