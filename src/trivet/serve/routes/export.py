"""What is stored, as OTLP."""

from typing import Annotated

from msgspec import Meta

from trivet.query.export.exporter import Exported, Exporter, Signal
from trivet.serve.asked import Within
from trivet.serve.calls import Call


class ExportAsked(Within, kw_only=True):
    """`cursor`: the `next` of the part before. A filter of metrics is about their series."""

    signal: Signal
    filter: str = ""
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1000
    cursor: str | None = None


class ExportRoutes:
    def __init__(self, exporter: Exporter):
        self._exporter = exporter

    def calls(self) -> list[Call]:
        return [Call("GET", "/api/export", self.export)]

    async def export(self, asked: ExportAsked) -> Exported:
        """Everything of a signal that matches a filter, the oldest first, in parts that are OTLP requests in JSON."""
        return await self._exporter.page(asked.signal, asked.filter, asked.range(), asked.limit, asked.cursor)
