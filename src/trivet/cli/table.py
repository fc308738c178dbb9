"""Rows for people: tables, log lines, lists of traces and services."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from trivet.cli.draw import SEVERITY_STYLES
from trivet.cli.figures import count, duration, moment, one_line, share, significant, value_text

Json = Mapping[str, Any]
UNSHOWN = ("code.", "thread.", "log.template", "exception.stacktrace")  # attributes that would bury a line; see --json


def table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A table without frames; a column is its title and how it is justified."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title, justify in columns:
        made.add_column(Text(title), justify=justify, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return made


def answer_table(answer: Json) -> Table:
    """What SQL answered: numbers to the right, NULL shown as such."""
    columns = [(one_line(c["name"]), "right" if _is_number(c["type"]) else "left") for c in answer["columns"]]
    return table(columns, ([_cell(value) for value in row] for row in answer["rows"]))


def trace_table(traces: Sequence[Json]) -> Table:
    titles = [("started", "left"), ("duration", "right"), ("spans", "right"), ("errors", "right"), ("logs", "right")]
    return table([*titles, ("root", "left"), ("trace", "left")], (_trace_row(each) for each in traces))


def service_table(services: Sequence[Json]) -> Table:
    titles = ("rate/s", "errors", "p50", "p95", "p99", "last seen")
    rows = (
        (
            one_line(each["name"]),
            significant(each["rate"]),
            Text(share(each["error_rate"]), "red" if each["errors"] else ""),
            *(_maybe_duration(each[quantile]) for quantile in ("p50", "p95", "p99")),
            moment(each["last_seen"]) if each["last_seen"] else "–",
        )
        for each in services
    )
    return table([("service", "left"), *((title, "right") for title in titles)], rows)


def log_line(record: Json) -> Text:
    """`2026-11-23 14:02:11.204 warn  web  the message  key=value  trace=4bf92f35…`."""
    severity = record["severity"] or ""
    line = Text.assemble(
        (moment(record["time"]), "dim"),
        f" {severity:<5} ",
        (one_line(record["service"] or "–"), "cyan"),
        "  ",
        (_said(record), SEVERITY_STYLES.get(severity, "")),
    )
    for key, value in record["attributes"].items():
        if not key.startswith(UNSHOWN):
            line.append(f"  {one_line(key)}={value_text(value)}", "dim")
    if record.get("trace_id"):
        line.append(f"  trace={record['trace_id']}", "dim")
    return line


def _said(record: Json) -> str:
    return value_text(record["body"]) if record.get("body") is not None else one_line(record.get("event_name") or "")


def _trace_row(trace: Json) -> tuple[str | Text, ...]:
    failed = trace["status"] == "error"
    return (
        moment(trace["start"]),
        duration(trace["duration"]) + (" ▸" if trace["running"] else ""),
        count(trace["spans"]),
        Text(count(trace["errors"]), "red" if trace["errors"] else ""),
        count(trace["logs"]),
        Text.assemble((one_line(trace["service"]), "cyan"), " · ", (one_line(trace["name"]), "red" if failed else "")),
        trace["trace_id"],
    )


def _maybe_duration(ns: float | None) -> str:
    return "–" if ns is None else duration(round(ns))


def _cell(value: Any) -> str | Text:
    return Text("NULL", "dim") if value is None else value_text(value)


def _is_number(kind: str) -> bool:
    kind = kind.removeprefix("LowCardinality(").removeprefix("Nullable(")
    return kind.startswith(("Int", "UInt", "Float", "Decimal"))
