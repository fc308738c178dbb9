"""OpenTelemetry's names as Prometheus'.

https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus
"""

import re
from functools import lru_cache

NAME = "__name__"
UNITS = {
    "d": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds", "us": "microseconds",
    "ns": "nanoseconds",
    "By": "bytes", "KiBy": "kibibytes", "MiBy": "mebibytes", "GiBy": "gibibytes", "TiBy": "tebibytes",
    "kBy": "kilobytes", "KBy": "kilobytes", "MBy": "megabytes", "GBy": "gigabytes", "TBy": "terabytes",
    "m": "meters", "V": "volts", "A": "amperes", "J": "joules", "W": "watts", "g": "grams", "Cel": "celsius",
    "Hz": "hertz", "%": "percent",
}  # fmt: skip
RATES = {
    "s": "second", "m": "minute", "min": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year",
}  # fmt: skip


@lru_cache(8192)
def label(name: str) -> str:
    """`http.request.method` → `http_request_method`."""
    if re.fullmatch(r"__[a-z_]+__", name):
        return name
    plain = re.sub(r"_+", "_", re.sub(r"[^a-zA-Z0-9_]", "_", name))
    return f"key_{plain}" if plain[:1].isdigit() else plain


def metric(name: str, unit: str, kind: str, monotonic: bool) -> str:
    """The classic name of a metric, with unit and `_total`, without `_bucket` and the like."""
    plain = re.sub(r"_+", "_", re.sub(r"[^a-zA-Z0-9_:]", "_", name))
    plain = f"_{plain}" if plain[:1].isdigit() else plain
    return suffixed(plain, unit, kind, monotonic)


@lru_cache(8192)
def suffixed(name: str, unit: str, kind: str, monotonic: bool) -> str:
    """Unit, then type, neither of them twice."""
    counter = kind == "sum" and monotonic
    stem = name.removesuffix("_total") if counter else name
    word = "ratio" if unit == "1" and kind == "gauge" else unit_words(unit)
    if word and stem != word and not stem.endswith((f"_{word}", f".{word}")):
        stem = f"{stem}_{word}"
    return f"{stem}_total" if counter else stem


def unit_words(unit: str) -> str:
    """UCUM → words: `By/s` → `bytes_per_second`; what stands in braces is only a comment, `1` is no unit."""
    of, slash, per = re.sub(r"\{[^}]*\}", "", unit).partition("/")
    words = _word(of, UNITS)
    rate = _word(per, RATES)
    return "_".join(filter(None, (words, f"per_{rate}" if slash and rate else "")))


def _word(unit: str, known: dict[str, str]) -> str:
    unit = unit.strip()
    if unit == "1":
        return ""
    return known.get(unit, UNITS.get(unit, re.sub(r"[^a-zA-Z0-9]+", "_", unit).strip("_")))
