"""A trace drawn in a terminal: tree, durations and bars, with log records and events at their moment.

Pure: the JSON of `GET /api/traces/{id}` and a width in, lines of styled text out. Bars have half-cell resolution;
`▸` ends the bar of a span that still runs, `?` of one whose process has fallen silent.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from textwrap import wrap
from typing import Any

from rich.text import Text

from trivet.cli.figures import duration, moment, one_line, value_text
from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import Tree, tree

SERVICE_STYLES = ("cyan", "green", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta", "bright_blue")
SEVERITY_STYLES = {"fatal": "bold red", "error": "red", "warn": "yellow", "info": "", "debug": "dim", "trace": "dim"}
FIGURES = 10  # cells for a duration or an offset, the widest is `+59 m 59 s`
MOMENT_LINES = 4  # of a log record; `trivet logs` shows all of it
LIBRARY = re.compile(r"site-packages/|dist-packages/|\blib/python|<frozen")  # frames that are not the program's own
HALVES = {(True, True): "━", (True, False): "╸", (False, True): "╺", (False, False): " "}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """A log record or an event: something at one point of time."""

    time: int
    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Instants (ns) to cells of the bar column."""

    start: int
    end: int
    cells: int

    def bar(self, start: int, end: int, tip: str = "") -> str:
        first, last = self._half(start), max(self._half(end), self._half(start))
        halves = [first <= half <= last for half in range(2 * self.cells)]
        drawn = "".join(HALVES[halves[cell], halves[cell + 1]] for cell in range(0, 2 * self.cells, 2))
        return drawn if not tip else drawn[: last // 2] + tip

    def point(self, at: int) -> str:
        return " " * (self._half(at) // 2) + "•"

    def _half(self, at: int) -> int:
        """The half cell in which an instant lies; instants outside are moved to the edge."""
        share = (at - self.start) / max(1, self.end - self.start)
        return min(max(int(share * 2 * self.cells), 0), 2 * self.cells - 1)


def waterfall(trace: Json, width: int) -> list[Text]:
    """The lines for a whole trace, none of them wider than `width` cells."""
    return _Waterfall(trace, width).lines()


class _Waterfall:
    def __init__(self, trace: Json, width: int):
        self.trace = trace
        self.width = width
        self.spans: Sequence[Json] = trace["spans"]
        shifts = {each["span_id"]: each["shift"] for each in trace["facts"].get("skew", ())}
        self.shift = [shifts.get(span["span_id"], 0) for span in self.spans]
        self.start = [int(span["start"]) + shift for span, shift in zip(self.spans, self.shift, strict=True)]
        self.tree = _tree(self.spans, self.start)
        names = dict.fromkeys(span["service"] for span in self.spans)
        self.service_style = {name: SERVICE_STYLES[i % len(SERVICE_STYLES)] for i, name in enumerate(names)}
        self.moments, self.stray = self._moments()
        self.scale = self._scale()
        self.label = max(10, width - self.scale.cells - FIGURES - 2)

    def lines(self) -> list[Text]:
        drawn = [*self._head(), Text(), self._axis(), *(line for each in self._items() for line in self._rows(*each))]
        for line in drawn:
            line.truncate(self.width, overflow="ellipsis")
            line.rstrip()
        return drawn

    # ------------------------------------------------------------------------------------------------ the head

    def _head(self) -> Iterator[Text]:
        trace, spans = self.trace, self.spans
        if spans:
            root = spans[self.tree.root]
            yield Text.assemble(
                (one_line(root["name"]), "bold"),
                f" · {one_line(root['service'])} · {duration(trace['duration'])} · {self._counts()}",
            )
        else:
            yield Text.assemble(("no spans yet", "bold"), f" · {self._counts()}")
        yield Text(f"{trace['trace_id']} · {moment(trace['start'])}", "dim")
        yield from self._troubles()

    def _counts(self) -> str:
        errors = sum(span["status"]["code"] == "error" for span in self.spans)
        counts = [(len(self.spans), "span"), (len(self.trace["logs"]), "log record"), (errors, "error")]
        return " · ".join(f"{n} {what}{'' if n == 1 else 's'}" for n, what in counts if n)

    def _troubles(self) -> Iterator[Text]:
        for span in self.spans:
            if span["span_id"] == self.trace["facts"].get("first_error"):
                yield Text(f"✗ {one_line(span['service'])} › {one_line(span['name'])}: {_reason(span)}", "red")
        running = [span for span in self.spans if span["running"]]
        for span in running[:3]:
            name, state = one_line(span["name"]), "still running" if _runs(span) else "lost"
            yield Text(f"▸ {name}: {state} after {duration(span['duration'])}", "yellow")
        if orphans := len(self.tree.orphans):
            yield Text(f"the parent of {orphans} span{'s' if orphans > 1 else ''} has not arrived", "yellow")
        if self.trace.get("truncated"):
            yield Text("cut: the trace has more spans than these", "yellow")

    def _axis(self) -> Text:
        total = duration(self.scale.end - self.scale.start)
        return Text(" " * (self.label + FIGURES + 2) + "0" + total.rjust(self.scale.cells - 1), "dim")

    # ------------------------------------------------------------------------------------------------ the rows

    def _items(self) -> Iterator[tuple[str, int | Moment]]:
        """Spans (as row numbers) and moments in the order of the drawing, each with the guides to its left."""
        tops = _by_time([*self.tree.roots, *self.tree.orphans], self.stray, self.start)
        waiting = [(item, "", "", "") for item in reversed(tops)]
        while waiting:
            item, above, own, inner = waiting.pop()
            yield above + own, item
            if isinstance(item, int):
                below = _by_time(self.tree.below(item), self.moments.get(item, ()), self.start)
                waiting += reversed(list(_guided(below, above + inner)))

    def _rows(self, guides: str, item: int | Moment) -> Iterator[Text]:
        """One line for a span; for a moment as many as its text needs, up to a few."""
        guides = guides if len(guides) <= self.label // 2 else "…" + guides[-self.label // 2 :]
        if isinstance(item, int):
            yield self._row(guides, self._name(item), duration(self.spans[item]["duration"]), self._bar(item))
            return
        first, *rest = wrap(
            item.text, self.label - len(guides), max_lines=MOMENT_LINES, placeholder="…", subsequent_indent="  "
        ) or [""]
        offset = "+" + duration(max(0, item.time - self.scale.start))
        yield self._row(guides, Text(first, item.style), offset, Text(self.scale.point(item.time), item.style))
        for more in rest:
            yield self._row(guides, Text(more, item.style))

    def _row(self, guides: str, label: Text, figure: str = "", bar: Text | str = "") -> Text:
        left = Text.assemble((guides, "dim"), label)
        left.truncate(self.label, overflow="ellipsis", pad=True)
        return Text.assemble(left, " ", (figure.rjust(FIGURES), "dim"), " ", bar)

    def _name(self, row: int) -> Text:
        span, above = self.spans[row], self.tree.parent[row]
        failed = span["status"]["code"] == "error"
        label = Text(one_line(span["name"]) or "(no name)", "red" if failed else "")
        if above < 0 or self.spans[above]["service"] != span["service"]:
            service = (one_line(span["service"]), self.service_style[span["service"]])
            label = Text.assemble(service, " · ", label)
        return Text.assemble("✗ ", label, style="red") if failed else label

    def _bar(self, row: int) -> Text:
        span = self.spans[row]
        style = "red" if span["status"]["code"] == "error" else self.service_style[span["service"]]
        tip = "" if not span["running"] else "▸" if _runs(span) else "?"
        return Text(self.scale.bar(self.start[row], self.start[row] + span["duration"], tip), style)

    # ------------------------------------------------------------------------------------------------ the moments

    def _moments(self) -> tuple[dict[int, list[Moment]], list[Moment]]:
        """Log records and events by their span's row, and the records of no span that is here."""
        row_of = {span["span_id"]: row for row, span in enumerate(self.spans)}
        of: dict[int, list[Moment]] = {}
        stray: list[Moment] = []
        for record in self.trace["logs"]:
            row = row_of.get(record["span_id"])
            shift = self.shift[row] if row is not None else 0
            (stray if row is None else of.setdefault(row, [])).append(_of_record(record, shift))
        for row, span in enumerate(self.spans):
            found = [_of_event(event, self.shift[row]) for event in span["events"]]
            if span["running"] and span["running"].get("stack"):
                found.append(_of_stack(span, self.start[row]))
            if found:
                of.setdefault(row, []).extend(found)
        return of, stray

    def _scale(self) -> Scale:
        instants = [moment.time for moment in chain(self.stray, *self.moments.values())] if not self.spans else []
        ends = [start + span["duration"] for start, span in zip(self.start, self.spans, strict=True)]
        cells = min(max(int(self.width * 0.35), 12), 80)
        return Scale(min([*self.start, *instants], default=0), max([*ends, *instants], default=0), cells)


def _tree(spans: Sequence[Json], start: list[int]) -> Tree:
    def column(name: str) -> list[Any]:
        return [span[name] for span in spans]

    return tree(
        Spans(
            span_id=column("span_id"),
            parent=column("parent_span_id"),
            service=column("service"),
            name=column("name"),
            kind=column("kind"),
            start=start,
            duration=column("duration"),
            error=[span["status"]["code"] == "error" for span in spans],
            process=column("resource"),
        )
    )


def _by_time(rows: Sequence[int], moments: Sequence[Moment], start: Sequence[int]) -> list[int | Moment]:
    """Spans and moments of one level together; at the same instant the moment comes first."""
    return sorted([*moments, *rows], key=lambda item: item.time if isinstance(item, Moment) else start[item])


def _guided(items: Sequence[int | Moment], above: str) -> Iterator[tuple[int | Moment, str, str, str]]:
    """Each item with the guides above it, its own connector, and what stands below that in its children's lines."""
    last = max((place for place, item in enumerate(items) if isinstance(item, int)), default=-1)
    for place, item in enumerate(items):
        if isinstance(item, Moment):
            yield item, above, "│ " if place < last else "  ", ""
        else:
            yield item, above, *(("├─ ", "│  ") if place < last else ("└─ ", "   "))


def _of_record(record: Json, shift: int) -> Moment:
    severity = record["severity"] or ""
    style = SEVERITY_STYLES.get(severity, "")
    said = value_text(record["body"]) if record.get("body") is not None else record.get("event_name") or ""
    return Moment(int(record["time"]) + shift, f"{severity:<5} {said}", style)


def _of_event(event: Json, shift: int) -> Moment:
    if event["name"] == "exception":
        return Moment(int(event["time"]) + shift, f"✗ {_exception(event)}", "red")
    more = " ".join(f"{key}={value_text(value)}" for key, value in event["attributes"].items())
    return Moment(int(event["time"]) + shift, f"◆ {one_line(event['name'])} {more}".rstrip(), "")


def _of_stack(span: Json, start: int) -> Moment:
    """Where a running span is now, at the end of its bar: the innermost frame of the program's own, if it has one."""
    stack = span["running"]["stack"]
    where = one_line(next((frame for frame in reversed(stack) if not LIBRARY.search(frame)), stack[-1]))
    return Moment(start + span["duration"], f"▸ now at {where}", "yellow")


def _exception(event: Json) -> str:
    kind = value_text(event["attributes"].get("exception.type", "exception"))
    if kind.isdecimal():  # OpenTelemetry's JS SDK takes an error's `code` for its type; a DOMException's is a number
        kind = str(event["attributes"].get("exception.stacktrace", "")).partition(":")[0].strip() or kind
    said = str(event["attributes"].get("exception.message", "")).strip().partition("\n")[0]
    return f"{kind}: {one_line(said)}" if said else kind


def _reason(span: Json) -> str:
    """The first line of what went wrong in a span."""
    exceptions = [event for event in span["events"] if event["name"] == "exception"]
    if exceptions:
        return _exception(exceptions[-1])
    return one_line((span["status"].get("message") or "error").strip().partition("\n")[0])


def _runs(span: Json) -> bool:
    return span["running"]["state"] == "running"
