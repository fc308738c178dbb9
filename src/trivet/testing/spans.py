"""The spans that were recorded, and the questions that tests ask of them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

from opentelemetry.trace import StatusCode

from trivet.sdk.logs import Record, severity_name
from trivet.sdk.span import Event, Link, Span
from trivet.testing.matching import Held, expect, matches


class SpanSeen(Held):
    """One span that has ended. Times are unix ns, ids lower-case hex."""

    def __init__(self, span: Span, among: "Spans"):
        self._span = span
        self._among = among
        self.name = span.name
        self.kind = span.kind.name.lower()
        self.attributes: Mapping[str, Any] = dict(span.attributes)
        self.start, self.end = span.start_time, span.end_time
        self.duration = self.end - self.start
        self.trace_id = f"{span.context.trace_id:032x}"
        self.span_id = f"{span.context.span_id:016x}"
        self.parent_id = f"{span.parent.span_id:016x}" if span.parent else None
        self.scope = span.instrumentation_scope.name

    @property
    def error(self) -> str | None:
        """What its status says when it is an error."""
        status = self._span.status
        return (status.description or "") if status.status_code is StatusCode.ERROR else None

    @property
    def events(self) -> Sequence[Event]:
        return self._span.events

    @property
    def links(self) -> Sequence[Link]:
        return self._span.links

    @property
    def parent(self) -> "SpanSeen | None":
        """None for a root, and when the parent was not recorded here."""
        return self._among.by_id.get((self.trace_id, self.parent_id))

    @property
    def children(self) -> "list[SpanSeen]":
        return [each for each in self._among if each.parent is self]

    def under(self, name: str) -> Self:
        """It has an ancestor of that name."""
        __tracebackhide__ = True
        above, names = self.parent, []
        while above is not None:
            names.append(above.name)
            above = above.parent
        expect(name in names, f"{self} is not under {name!r} but under {' › '.join(reversed(names)) or 'nothing'}")
        return self

    def failed(self, words: str = "") -> Self:
        """Its status is an error that says `words`."""
        __tracebackhide__ = True
        expect(self.error is not None, f"{self} did not fail")
        expect(words in self.error, f"{self} failed with {self.error!r}")
        return self

    def __repr__(self) -> str:
        return f"<span {self.name!r}>"


class Spans(Sequence[SpanSeen]):
    def __init__(self, ended: Sequence[Span], records: Sequence[Record] = ()):
        self._seen = sorted((SpanSeen(span, self) for span in ended), key=lambda each: each.start)
        self._records = list(records)

    @cached_property
    def by_id(self) -> dict[tuple[str, str | None], SpanSeen]:
        return {(each.trace_id, each.span_id): each for each in self._seen}

    def __getitem__(self, at: Any) -> Any:
        return self._seen[at]

    def __len__(self) -> int:
        return len(self._seen)

    def __iter__(self) -> Iterator[SpanSeen]:
        return iter(self._seen)

    @property
    def names(self) -> list[str]:
        return [each.name for each in self._seen]

    def all(self, name: str | None = None, /, **attributes: Any) -> list[SpanSeen]:
        """Those of that name that have all these attributes."""
        named = (each for each in self._seen if name in (None, each.name))
        return [each for each in named if matches(each.attributes, attributes)]

    def one(self, name: str | None = None, /, **attributes: Any) -> SpanSeen:
        """The only such span; AssertionError with the whole tree when there is none or more than one."""
        __tracebackhide__ = True
        found = self.all(name, **attributes)
        asked = " ".join(filter(None, [repr(name) if name else "", str(attributes) if attributes else ""]))
        expect(len(found) == 1, f"{len(found)} spans {asked} instead of one, in\n{self.tree() or '  (no spans)'}")
        return found[0]

    def none(self, name: str | None = None, /, **attributes: Any) -> None:
        __tracebackhide__ = True
        found = self.all(name, **attributes)
        expect(not found, f"{len(found)} spans {name!r} instead of none, in\n{self.tree()}")

    def tree(self, *attributes: str) -> str:
        """All traces as indented text, with these attributes; log records stand as `· severity body` in their span."""
        lines: list[str] = []
        roots = [each for each in self._seen if each.parent is None]
        for root in roots:
            self._draw(root, 0, attributes, lines)
        return "\n".join(lines)

    def _draw(self, span: SpanSeen, depth: int, attributes: Sequence[str], lines: list[str]) -> None:
        held = [f"{key}={span.attributes[key]!r}" for key in attributes if key in span.attributes]
        kind = "" if span.kind == "internal" else f"({span.kind})"
        error = f"✗ {span.error}".rstrip() if span.error is not None else ""
        lines.append("  " * depth + " ".join(filter(None, [span.name, kind, *held, error])))
        below = [(each.start, self._draw, each) for each in span.children]
        below += [(each.observed, _draw_record, each) for each in self._records if _is_in(each, span)]
        for _, draw, each in sorted(below, key=lambda part: part[0]):
            draw(each, depth + 1, attributes, lines)


def _is_in(record: Record, span: SpanSeen) -> bool:
    return (f"{record.trace_id:032x}", f"{record.span_id:016x}") == (span.trace_id, span.span_id)


def _draw_record(record: Record, depth: int, _: Sequence[str], lines: list[str]) -> None:
    lines.append("  " * depth + f"· {severity_name(record.severity).lower()} {record.body}")
