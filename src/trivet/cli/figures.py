"""Numbers for people, as the pages write them: three significant digits and a unit."""

import json
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

DURATIONS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"))
COUNTS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_TAMED = dict.fromkeys(_CONTROLS, "\ufffd") | {0x09: " ", 0x0A: " ⏎ ", 0x0D: None}


def significant(value: float) -> str:
    """`1.52`, `12.4`, `830`; no exponent."""
    if value == 0:
        return "0"
    size = abs(value)
    if size < 0.01:
        return f"{value:.1g}"
    return f"{value:.{max(0, min(2, 2 - math.floor(math.log10(size))))}f}"


def duration(ns: int) -> str:
    """Nanoseconds as `830 µs`, `1.52 s`, `4 m 12 s`, `2 h 5 m`, `3 d 4 h`."""
    if ns < 0:
        return f"-{duration(-ns)}"
    if ns < 1000:
        return f"{ns} ns"
    if ns < 59.95e9:
        return _scaled(ns, DURATIONS)
    seconds = round(ns / 1e9)
    if seconds < 3600:
        return _pair(seconds, 60, "m", 1, "s")
    if seconds < 86_400:
        return _pair(seconds, 3600, "h", 60, "m")
    return _pair(seconds, 86_400, "d", 3600, "h")


def count(value: float) -> str:
    """Exact below 10,000 (`1,234`), then `12.4 k`, `3.10 M`."""
    if abs(value) < 10_000:
        return f"{value:,}" if isinstance(value, int) else significant(value)
    return _scaled(value, COUNTS)


def counted(value: float, thing: str) -> str:
    """`1 trace`, `12.4 k traces`."""
    return f"{count(value)} {thing}" if value == 1 else f"{count(value)} {thing}s"


def size(value: int) -> str:
    return f"{value} B" if value < 1000 else _scaled(value, SIZES)


def share(value: float) -> str:
    """A fraction in percent; a little is not nothing."""
    percent = value * 100
    return "0 %" if percent == 0 else "<0.1 %" if percent < 0.1 else f"{significant(percent)} %"


def clock(ns: int | str) -> str:
    """`14:02:11.204`, in this machine's zone."""
    return _local(ns).strftime("%H:%M:%S") + f".{int(ns) // 1_000_000 % 1000:03d}"


def moment(ns: int | str) -> str:
    """`2026-11-23 14:02:11.204`."""
    return f"{_local(ns):%Y-%m-%d} {clock(ns)}"


def value_text(value: Any) -> str:
    """One attribute value on one line; the API's marks for what JSON lacks are taken off."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, dict) and len(value) == 1:
        [(mark, content)] = value.items()
        if mark in ("$int", "$double", "$bytes"):
            return one_line(str(content))
    return one_line(json.dumps(value, ensure_ascii=False))


def one_line(text: str) -> str:
    """Text from outside made safe for a terminal: escape sequences and reversals of direction lose their power."""
    return text.strip("\r\n").translate(_TAMED)


def _local(ns: int | str) -> datetime:
    return datetime.fromtimestamp(int(ns) // 1_000_000_000).astimezone()


def _scaled(value: float, units: Sequence[tuple[float, str]]) -> str:
    """In the largest unit in which the value, once rounded, is at least 1: 999.6 µs is `1.00 ms`."""
    step, unit = next((each for each in units if abs(value) >= each[0] * 0.9995), units[-1])
    return f"{significant(value / step)} {unit}"


def _pair(seconds: int, big: int, big_unit: str, small: int, small_unit: str) -> str:
    whole, rest = divmod(seconds, big)
    return f"{whole} {big_unit}" + (f" {rest // small} {small_unit}" if rest // small else "")
