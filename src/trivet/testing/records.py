"""The log records that were written, and the questions that tests ask of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trivet.sdk.logs import Record, severity_name
from trivet.testing.matching import Held, expect, matches


class RecordSeen(Held):
    """One log record; `span_id` and `trace_id` are None outside of spans."""

    def __init__(self, record: Record):
        self.body = record.body
        self.severity = severity_name(record.severity).lower()
        self.attributes: Mapping[str, Any] = dict(record.attributes)
        self.logger = record.scope.name
        self.event_name = record.event_name or None
        self.time = record.observed  # the clock's; `record.time` may be that of the library that wrote it
        self.trace_id = f"{record.trace_id:032x}" if record.trace_id else None
        self.span_id = f"{record.span_id:016x}" if record.span_id else None

    def says(self, text: str) -> bool:
        """`text` is its body, a part of it, or its template."""
        return text in str(self.body) or text == self.attributes.get("log.template")

    def __repr__(self) -> str:
        return f"<{self.severity} {str(self.body)!r}>"


class Logs(Sequence[RecordSeen]):
    """In the order of their writing."""

    def __init__(self, records: Sequence[Record]):
        self._seen = [RecordSeen(record) for record in records]

    def __getitem__(self, at: Any) -> Any:
        return self._seen[at]

    def __len__(self) -> int:
        return len(self._seen)

    def __iter__(self) -> Iterator[RecordSeen]:
        return iter(self._seen)

    @property
    def bodies(self) -> list[Any]:
        return [each.body for each in self._seen]

    def all(self, text: str = "", /, severity: str | None = None, **attributes: Any) -> list[RecordSeen]:
        """Those that say `text`, of that severity, with all these attributes."""
        said = (each for each in self._seen if each.says(text) and severity in (None, each.severity))
        return [each for each in said if matches(each.attributes, attributes)]

    def one(self, text: str = "", /, severity: str | None = None, **attributes: Any) -> RecordSeen:
        """The only such record; AssertionError with all of them when there is none or more than one."""
        __tracebackhide__ = True
        found = self.all(text, severity, **attributes)
        there = "\n".join(f"  {each.severity} {each.body}" for each in self._seen) or "  (no records)"
        expect(len(found) == 1, f"{len(found)} records {text!r} instead of one, among\n{there}")
        return found[0]

    def none(self, text: str = "", /, severity: str | None = None, **attributes: Any) -> None:
        __tracebackhide__ = True
        found = self.all(text, severity, **attributes)
        expect(not found, f"not expected: {found}")
