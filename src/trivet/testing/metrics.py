"""What was counted and measured, as it stands now."""

from collections.abc import Iterator, Mapping
from typing import Any

from trivet.sdk.metrics import MeterProvider
from trivet.sdk.points import HistogramPoint, Number
from trivet.testing.matching import differences, expect


class Metrics:
    def __init__(self, meters: MeterProvider | None):
        self._meters = meters

    @property
    def names(self) -> list[str]:
        """Of all that has been measured at least once."""
        return sorted({name for name, _ in self._points()})

    def value(self, name: str, attributes: Mapping[str, Any] | None = None, /, **more: Any) -> Number:
        """A counter's sum, a gauge's last value, or the sum of a histogram, over all points with these attributes."""
        points = self._of(name, {**(attributes or {}), **more})
        return sum(point.sum if isinstance(point, HistogramPoint) else point.value for point in points)

    def count(self, name: str, attributes: Mapping[str, Any] | None = None, /, **more: Any) -> int:
        """How many values a histogram took."""
        points = self._of(name, {**(attributes or {}), **more})
        return sum(sum(point.counts) for point in points)

    def _of(self, name: str, attributes: Mapping[str, Any]) -> list[Any]:
        __tracebackhide__ = True
        named = [point for other, point in self._points() if other == name]
        expect(named, f"no metric {name!r}; there are {', '.join(self.names) or 'none'}")
        return [point for point in named if not differences(point.attributes, attributes)]

    def _points(self) -> Iterator[tuple[str, Any]]:
        for meter in list(self._meters._meters.values()) if self._meters else ():
            for instrument in list(meter._instruments.values()):
                for point in list(instrument._points.values()):
                    yield instrument.name, point
