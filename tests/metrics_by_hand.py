"""Metrics in few words, for the tests of what reads them: points of each kind, in seconds after a beginning."""

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf.message import Message
from telemetry import S, Telemetry, pairs

DELTA, CUMULATIVE = 1, 2


class Metrics:
    """Adds to the metrics of a `Telemetry`; `service` and more resource attributes say from where."""

    def __init__(self, told: Telemetry):
        self.told = told
        self._homes: dict[str, Any] = {}

    def gauge(self, name: str, points: Mapping[float, float], **where: Any) -> Message:
        """`points`: value by second."""
        metric = self._metric(name, where)
        self._numbers(metric.gauge.data_points, points, where)
        return metric

    def sum(
        self,
        name: str,
        points: Mapping[float, float],
        *,
        temporality: int = CUMULATIVE,
        monotonic: bool = True,
        began: float | None = None,
        **where: Any,
    ) -> Message:
        """A delta point begins where the one before ended, the first one (and all cumulative ones) at `began`."""
        metric = self._metric(name, where)
        metric.sum.aggregation_temporality, metric.sum.is_monotonic = temporality, monotonic
        made = self._numbers(metric.sum.data_points, points, where)
        self._begin(made, began, temporality)
        return metric

    def histogram(
        self,
        name: str,
        points: Mapping[float, Sequence[int]],
        bounds: Sequence[float],
        *,
        temporality: int = CUMULATIVE,
        began: float | None = None,
        sums: Sequence[float] = (),
        **where: Any,
    ) -> list[Message]:
        """`points`: the counts of the buckets by second."""
        metric = self._metric(name, where)
        metric.histogram.aggregation_temporality = temporality
        made = []
        for at, (second, counts) in enumerate(points.items()):
            point = metric.histogram.data_points.add(
                time_unix_nano=self._at(second),
                count=sum(counts),
                explicit_bounds=bounds,
                bucket_counts=counts,
                attributes=pairs(where.get("attributes")),
            )
            if at < len(sums):
                point.sum = sums[at]
            made.append(point)
        self._begin(made, began, temporality)
        return made

    def exponential(
        self,
        name: str,
        points: Mapping[float, Mapping[str, Any]],
        *,
        temporality: int = CUMULATIVE,
        began: float | None = None,
        **where: Any,
    ) -> list[Message]:
        """`points` by second: `scale offset counts`, and `zero threshold negative_offset negative sum`."""
        metric = self._metric(name, where)
        metric.exponential_histogram.aggregation_temporality = temporality
        made = []
        for second, told in points.items():
            counts, negative = told.get("counts", []), told.get("negative", [])
            point = metric.exponential_histogram.data_points.add(
                time_unix_nano=self._at(second),
                scale=told.get("scale", 0),
                zero_count=told.get("zero", 0),
                zero_threshold=told.get("threshold", 0.0),
                count=sum(counts) + sum(negative) + told.get("zero", 0),
                attributes=pairs(where.get("attributes")),
            )
            point.positive.offset, point.negative.offset = told.get("offset", 0), told.get("negative_offset", 0)
            point.positive.bucket_counts.extend(counts)
            point.negative.bucket_counts.extend(negative)
            if "sum" in told:
                point.sum = told["sum"]
            made.append(point)
        self._begin(made, began, temporality)
        return made

    def summary(
        self, name: str, points: Mapping[float, tuple[int, float, Mapping[float, float]]], **where: Any
    ) -> None:
        """`points`: (count, sum, value by quantile) by second."""
        metric = self._metric(name, where)
        for second, (count, total, quantiles) in points.items():
            point = metric.summary.data_points.add(
                time_unix_nano=self._at(second), count=count, sum=total, attributes=pairs(where.get("attributes"))
            )
            for quantile, value in quantiles.items():
                point.quantile_values.add(quantile=quantile, value=value)

    def _numbers(self, points: Any, values: Mapping[float, float], where: Mapping[str, Any]) -> list[Message]:
        made = []
        for second, value in values.items():
            point = points.add(time_unix_nano=self._at(second), attributes=pairs(where.get("attributes")))
            if value is None:
                point.flags = 1
            elif isinstance(value, int):
                point.as_int = value
            else:
                point.as_double = value
            made.append(point)
        return made

    def _begin(self, points: Sequence[Message], began: float | None, temporality: int) -> None:
        start = None if began is None else self._at(began)
        for point in points:
            if start is not None:
                point.start_time_unix_nano = start
            if temporality == DELTA:
                start = point.time_unix_nano

    def _metric(self, name: str, where: Mapping[str, Any]) -> Message:
        resource = {"service.name": where.get("service", "web"), **where.get("resource", {})}
        key = repr((resource, where.get("scope")))
        if key not in self._homes:
            group = self.told.metrics.resource_metrics.add()
            group.resource.attributes.extend(pairs(resource))
            self._homes[key] = group.scope_metrics.add()
            self._homes[key].scope.name = where.get("scope", "tests")
        return self._homes[key].metrics.add(name=name, unit=where.get("unit", ""))

    def _at(self, second: float) -> int:
        return self.told.start + round(second * S)
