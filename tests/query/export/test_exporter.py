"""Every field of OTLP, generated, through the real engine and out again as OTLP."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from otlp_messages import log_requests, metric_requests, trace_requests
from telemetry import MS, S, Telemetry, pairs, trace_id

from trivet.errors import Invalid
from trivet.otlp.json_mapping import from_json
from trivet.otlp.messages import REQUESTS
from trivet.query.ask import Ask
from trivet.query.export.exporter import Exported, Exporter
from trivet.query.instant import ALL_TIME, LATEST, Range
from trivet.spool.record import Record
from trivet.store.client import Client
from trivet.store.insert import insert

RECEIVED = 1_760_000_000_000_000_000
EXAMPLES = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
NAMES = {
    "traces": ("resource_spans", "scope_spans", "spans"),
    "logs": ("resource_logs", "scope_logs", "log_records"),
    "metrics": ("resource_metrics", "scope_metrics", "metrics"),
}
numbers = itertools.count(1)

Read = Callable[..., list[Exported]]


@pytest.fixture
def exported(asking: Any) -> Read:
    """All pages of a signal."""

    def read(signal: str, filter: str = "", within: Range = ALL_TIME, limit: int = 1000) -> list[Exported]:
        async def pages(ask: Ask) -> list[Exported]:
            exporter, found, cursor = Exporter(ask), [], None
            while True:
                found.append(await exporter.page(signal, filter, within, limit, cursor))
                if (cursor := found[-1].next) is None:
                    return found

        return asking(pages)

    return read


def send(store: Client, signal: str, request: Message, received: int = RECEIVED) -> None:
    number = next(numbers)
    insert(store, signal, [Record(number, received, "default", b"", 1, request.SerializeToString())], f"e{number}")


def again(signal: str, pages: list[Exported]) -> Message:
    """The pages as a client would send them, as one request."""
    whole = REQUESTS[signal]()
    for page in pages:
        whole.MergeFromString(from_json(signal, msgspec.json.encode(page.otlp)))
    return whole


def items(signal: str, request: Message) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Resource, scope and item, each alone and in a form that is equal when they are."""
    groups, scopes, name = NAMES[signal]
    for group in getattr(request, groups):
        for scope in getattr(group, scopes):
            for item in getattr(scope, name):
                for one in points_of(item) if signal == "metrics" else [item]:
                    parts = (group.resource, scope.scope, settled(one))
                    schemas = f"{group.schema_url} {scope.schema_url} ".encode()
                    yield schemas, *(plain(part).SerializeToString(deterministic=True) for part in parts)


def points_of(metric: Message) -> Iterator[Message]:
    """A metric with each of its points alone."""
    kind = metric.WhichOneof("data")
    for point in getattr(metric, kind).data_points if kind else ():
        one = type(metric)()
        one.CopyFrom(metric)
        del getattr(one, kind).data_points[:]
        getattr(one, kind).data_points.add().CopyFrom(point)
        yield one


def plain(message: Message) -> Message:
    """Without what cannot be told apart: a message that is empty and one that is not there, 0 and -0."""
    made = type(message)()
    made.CopyFrom(message)
    _fill(made)
    return made


def _fill(message: Message) -> None:
    for field in message.DESCRIPTOR.fields:
        if field.type in (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT):
            if not field.is_repeated and getattr(message, field.name) == 0:
                if not field.has_presence or message.HasField(field.name):
                    setattr(message, field.name, 0.0)
            elif field.is_repeated:
                getattr(message, field.name)[:] = [each or 0.0 for each in getattr(message, field.name)]
        elif field.message_type and field.is_repeated:
            for each in getattr(message, field.name):
                _fill(each)
        elif field.message_type and (message.HasField(field.name) or field.containing_oneof is None):
            getattr(message, field.name).SetInParent()
            _fill(getattr(message, field.name))


def settled(item: Message) -> Message:
    """As the store has it: ids of wrong length are none."""
    made = type(item)()
    made.CopyFrom(item)
    for name, size in (("parent_span_id", 8), ("span_id", 8), ("trace_id", 16)):
        if name in made.DESCRIPTOR.fields_by_name and not _is_id(getattr(made, name), size):
            setattr(made, name, b"")
    return made


def _is_id(value: bytes, size: int) -> bool:
    return len(value) == size and any(value)


@given(request=trace_requests())
@EXAMPLES
def test_spans_come_out_as_they_went_in(store: Client, exported: Read, request: Message):
    store.command("TRUNCATE TABLE otel_spans")
    sent = [span for group in request.resource_spans for scope in group.scope_spans for span in scope.spans]
    for number, span in enumerate(sent, 1):
        span.trace_id, span.span_id = b"\1" * 16, number.to_bytes(8, "big")
        span.start_time_unix_nano = min(span.start_time_unix_nano, LATEST - 1)
    send(store, "traces", request)
    pages = exported("traces", limit=1)
    assert sum(page.items for page in pages) == len(sent)
    assert sorted(items("traces", again("traces", pages))) == sorted(items("traces", request))


@given(request=log_requests())
@EXAMPLES
def test_log_records_come_out_as_they_went_in(store: Client, exported: Read, request: Message):
    store.command("TRUNCATE TABLE otel_logs")
    sent = [log for group in request.resource_logs for scope in group.scope_logs for log in scope.log_records]
    for number, log in enumerate(sent, 1):
        log.severity_text = f"record {number}"  # no two alike: a resend would be folded
        log.event_name = "" if log.event_name == "trivet.span.running" else log.event_name
        log.time_unix_nano = min(log.time_unix_nano, LATEST - 1)
        log.observed_time_unix_nano = min(log.observed_time_unix_nano, LATEST - 1)
    send(store, "logs", request)
    pages = exported("logs", limit=1)
    assert sum(page.items for page in pages) == len(sent)
    assert sorted(items("logs", again("logs", pages))) == sorted(items("logs", request))


@given(request=metric_requests())
@EXAMPLES
def test_metric_points_come_out_as_they_went_in(store: Client, exported: Read, request: Message):
    for kind in ("number", "histogram", "exponential", "summary"):
        store.command(f"TRUNCATE TABLE otel_{kind}_points")
    store.command("TRUNCATE TABLE otel_series")
    store.command("TRUNCATE TABLE otel_exemplars")
    for group in request.resource_metrics:
        for scope in group.scope_metrics:
            for metric in scope.metrics:
                tell_apart(metric)
    send(store, "metrics", request)
    pages = exported("metrics", limit=1)
    sent = sorted(items("metrics", request))
    assert sum(page.items for page in pages) == len(sent)
    assert sorted(items("metrics", again("metrics", pages))) == sent


def tell_apart(metric: Message) -> None:
    """Series of their own, and exemplars as the store has them: in the store's time, in its order, of whole ids."""
    metric.name = f"metric {next(numbers)}"
    kind = metric.WhichOneof("data")
    for point in getattr(metric, kind).data_points if kind else ():
        point.attributes.add(key="number").value.int_value = next(numbers)
        point.time_unix_nano = min(point.time_unix_nano, LATEST - 1)
        for exemplar in getattr(point, "exemplars", ()):
            exemplar.trace_id = exemplar.trace_id if _is_id(exemplar.trace_id, 16) else b""
            exemplar.span_id = exemplar.span_id if _is_id(exemplar.span_id, 8) else b""
        if getattr(point, "exemplars", ()):
            del point.exemplars[1:]
            point.exemplars[0].time_unix_nano = min(point.exemplars[0].time_unix_nano, LATEST - 1) or 1


def test_a_resend_comes_out_once_and_pages_join(store: Client, exported: Read):
    for _ in range(2):
        told = Telemetry(start=RECEIVED)
        for number in range(7):
            told.span(1, number + 1, at=number // 2 * MS)
            told.log(f"record {number}", at=number // 2 * MS)
            point = (
                told.metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="m").gauge.data_points.add()
            )
            point.time_unix_nano, point.as_int = RECEIVED + number, number
        told.load(store)
    for signal in ("traces", "logs", "metrics"):
        whole, parts = exported(signal), exported(signal, limit=2)
        assert sum(page.items for page in whole) == 7
        assert max(page.items for page in parts) == 2
        assert sorted(items(signal, again(signal, parts))) == sorted(items(signal, again(signal, whole)))


def test_filter_and_range(store: Client, exported: Read):
    told = Telemetry(start=RECEIVED)
    for number, service in enumerate(("web", "web", "api")):
        told.span(number + 1, 1, at=number * S, service=service)
        told.log("hello", at=number * S, service=service)
        group = told.metrics.resource_metrics.add()
        group.resource.attributes.extend(pairs({"service.name": service}))
        point = group.scope_metrics.add().metrics.add(name="m", unit="s").sum.data_points.add()
        point.time_unix_nano, point.as_double = RECEIVED + number * S, 0.5
    told.load(store)
    after = Range(RECEIVED + S, LATEST)
    for signal in ("traces", "logs", "metrics"):
        counts = [
            sum(page.items for page in exported(signal, filter, within))
            for filter, within in (("service:web", ALL_TIME), ("service:web", after), ("service:no", ALL_TIME))
        ]
        assert counts == [2, 1, 0], signal
    assert exported("traces", "service:no")[0].otlp == {"resourceSpans": []}
    with pytest.raises(Invalid):
        exported("traces", "a==")


def test_exemplars_stay_with_the_point_that_covers_them(store: Client, exported: Read):
    told = Telemetry(start=RECEIVED)
    metric = told.metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    for number in (1, 2, 3):
        point = metric.histogram.data_points.add(time_unix_nano=RECEIVED + number * S, count=1)
        for within in (1, 0):
            exemplar = point.exemplars.add(time_unix_nano=RECEIVED + number * S - within, as_double=number)
            exemplar.trace_id = bytes.fromhex(trace_id(number))
    point.exemplars.add(time_unix_nano=RECEIVED + 9 * S, as_int=9)
    sent = told.metrics.SerializeToString()
    told.load(store)
    for limit in (1, 2, 1000):
        points = [
            point
            for group in again("metrics", exported("metrics", limit=limit)).resource_metrics
            for point in group.scope_metrics[0].metrics[0].histogram.data_points
        ]
        [before] = REQUESTS["metrics"].FromString(sent).resource_metrics
        assert points == list(before.scope_metrics[0].metrics[0].histogram.data_points)


def test_later_pages_do_not_show_what_came_meanwhile(store: Client, asking: Any):
    first = Telemetry(start=RECEIVED)
    for number in range(4):
        first.span(1, number + 1, at=number * S)
    first.received = RECEIVED
    first.load(store)

    async def read(ask: Ask) -> list[int]:
        exporter = Exporter(ask)
        page = await exporter.page("traces", "", ALL_TIME, 2, None)
        more = Telemetry(start=RECEIVED)
        more.span(2, 1, at=3 * S)
        more.received = ask.clock() + S
        await asyncio.to_thread(more.load, store)
        rest = await exporter.page("traces", "", ALL_TIME, 10, page.next)
        return [page.items, rest.items]

    assert asking(read) == [2, 2]
