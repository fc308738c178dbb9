"""The kit on a library of our own: every kind of function, arguments, contexts, failures, and the way back."""

import asyncio
import inspect
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from opentelemetry import context as context_api
from opentelemetry import metrics, trace
from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY

import trivet
from trivet import faults
from trivet.instrument.carriers import extracted, injected, link_to
from trivet.instrument.kit import CLIENT, CONSUMER, PRODUCER, Aside, Duration, Teller, Wrap
from trivet.instrument.patch import Patches
from trivet.instrument.wrapped import quiet, wrapped
from trivet.testing import Capture, capture


class Queue:
    """The library."""

    name = "video"

    def add(self, job: str, data: Any = None, *, headers: dict | None = None) -> dict:
        """Adds a job."""
        if job == "bad":
            raise KeyError(job)
        return {"job": job, "headers": headers, "data": data}

    async def add_later(self, job: str) -> str:
        await asyncio.sleep(0)
        if job == "bad":
            raise KeyError(job)
        return job

    def hands_out(self, job: str) -> Any:
        return self.add_later(job)

    def jobs(self, most: int) -> Iterator[int]:
        for number in range(most):
            with trivet.span(f"job {number}"):
                pass
            given = yield number
            if given:
                return given
        return most

    async def stream(self, most: int) -> Any:
        for number in range(most):
            with trivet.span(f"job {number}"):
                pass
            yield number

    @staticmethod
    def fixed(job: str) -> str:
        return job

    @classmethod
    def made(cls, job: str) -> str:
        return f"{cls.name} {job}"


@pytest.fixture
def library() -> ModuleType:
    module = ModuleType("library")
    module.Queue = type("Queue", (), dict(vars(Queue)))
    module.work = lambda message: message["job"]
    return module


@pytest.fixture
def told() -> Iterator[Capture]:
    with capture() as told:
        yield told


@pytest.fixture
def put(library: ModuleType, told: Capture):
    """Put rules in place on the library; its undo."""
    patches = Patches()
    teller = Teller(trace.get_tracer("kit"), metrics.get_meter("kit"))

    def put(rule: Wrap | Aside) -> Patches:
        wrapper = wrapped(rule, teller) if isinstance(rule, Wrap) else quiet(rule)
        patches.wrap(library, rule.target.partition(":")[2], wrapper)
        return patches

    yield put
    patches.undo()


ADD = Wrap(
    "library:Queue.add",
    name=lambda call: f"add {call.self.name}.{call.get('job')}",
    kind=PRODUCER,
    attributes=lambda call: {"messaging.destination.name": call.self.name, "data": call.get("data", "none")},
    before=lambda call: call.put("headers", injected(call.get("headers"))),
    after=lambda call, result: {"job": result["job"]},
)


def test_a_call_is_a_span_with_its_context_handed_on(library: ModuleType, told: Capture, put):
    put(ADD)
    result = library.Queue().add("encode", headers={"mine": "1"})
    span = told.spans.one("add video.encode").has({"messaging.destination.name": "video", "job": "encode"})
    assert (span.kind, span.scope, span.attributes["data"]) == ("producer", "kit", "none")
    assert result["headers"] == {"traceparent": f"00-{span.trace_id}-{span.span_id}-03", "mine": "1"}


@pytest.mark.parametrize(
    "arguments", [(("encode", 7), {}), (("encode",), {"data": 7}), ((), {"job": "encode", "data": 7})]
)
def test_arguments_are_found_however_they_are_given(library: ModuleType, told: Capture, put, arguments):
    put(ADD)
    args, kwargs = arguments
    assert library.Queue().add(*args, **kwargs)["data"] == 7
    told.spans.one("add video.encode").has(data=7)


def test_a_positional_argument_can_be_replaced(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.add", name="add", before=lambda call: call.put("data", [call.get("data")])))
    assert library.Queue().add("encode", 7)["data"] == [7]


def test_failures_are_told_and_go_on(library: ModuleType, told: Capture, put):
    put(ADD)
    with pytest.raises(KeyError):
        library.Queue().add("bad")
    span = told.spans.one("add video.bad").failed("KeyError: 'bad'").has({"error.type": "KeyError"})
    assert [event.name for event in span.events] == ["exception"]


def test_what_is_no_failure(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.add", name="add", failed=lambda call, error: None))
    with pytest.raises(KeyError):
        library.Queue().add("bad")
    assert told.spans.one("add").error is None


def test_a_result_can_be_a_failure(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.add", name="add", after=lambda call, result: {"error.type": "503"}))
    library.Queue().add("encode")
    told.spans.one("add").failed("503")


def test_coroutines(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.add_later", name="later"))
    put(Wrap("library:Queue.hands_out", name="handed"))
    assert inspect.iscoroutinefunction(library.Queue.add_later)
    assert asyncio.run(library.Queue().hands_out("encode")) == "encode"
    assert told.spans.tree() == "handed\n  later"
    with pytest.raises(KeyError):
        asyncio.run(library.Queue().add_later("bad"))
    assert [span.error for span in told.spans.all("later")] == [None, "KeyError: 'bad'"]


def test_generators_tell_until_they_end_and_are_current_only_inside(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.jobs", name="jobs"))
    seen = []
    for number in library.Queue().jobs(2):
        with trivet.span(f"outside {number}"):
            seen.append(number)
    assert seen == [0, 1]
    assert told.spans.tree() == "jobs\n  job 0\n  job 1\noutside 0\noutside 1"


def test_generators_take_what_is_sent_and_may_be_closed(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.jobs", name="jobs"))
    jobs = library.Queue().jobs(5)
    next(jobs)
    with pytest.raises(StopIteration) as stop:
        jobs.send("enough")
    assert stop.value.value == "enough"
    jobs = library.Queue().jobs(5)
    next(jobs)
    jobs.close()
    jobs = library.Queue().jobs(5)
    next(jobs)
    with pytest.raises(ValueError):
        jobs.throw(ValueError("told so"))
    assert [span.error for span in told.spans.all("jobs")] == [None, None, "ValueError: told so"]
    assert trace.get_current_span().get_span_context().span_id == 0


def test_async_generators(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.stream", name="stream"))

    async def read() -> list[int]:
        return [number async for number in library.Queue().stream(2)]

    assert asyncio.run(read()) == [0, 1]
    assert told.spans.tree() == "stream\n  job 0\n  job 1"


def test_static_and_class_methods_and_plain_functions(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.fixed", name=lambda call: f"fixed {call.get('job')}"))
    put(Wrap("library:Queue.made", name=lambda call: f"made {call.self.name}"))
    put(Wrap("library:work", name="work"))
    queue = library.Queue
    assert (queue.fixed("a"), queue().fixed("b"), queue.made("c"), library.work({"job": "d"})) == (
        "a",
        "b",
        "video c",
        "d",
    )
    assert told.spans.names == ["fixed a", "fixed b", "made video", "work"]


def test_a_wrapped_function_looks_like_itself(library: ModuleType, put):
    before = library.Queue.add
    put(ADD)
    assert inspect.signature(library.Queue.add) == inspect.signature(before)
    assert (library.Queue.add.__name__, library.Queue.add.__doc__) == ("add", "Adds a job.")


def test_undone_it_is_as_it_was(library: ModuleType, told: Capture, put):
    before = dict(vars(library.Queue))
    put(Wrap("library:Queue.fixed", name="fixed"))
    put(ADD).undo()
    assert dict(vars(library.Queue)) == before
    library.Queue().add("encode")
    assert not told.spans


def test_undoing_leaves_what_others_have_put_there_since(library: ModuleType, put):
    patches = put(ADD)
    library.Queue.add = theirs = lambda self, job: job
    patches.undo()
    assert library.Queue.add is theirs


def test_a_message_brings_its_parent_or_begins_a_trace(library: ModuleType, told: Capture, put):
    put(Wrap("library:work", name="work", kind=CONSUMER, parent=lambda call: extracted(call.get("message"))))
    with trivet.span("send"):
        message = {"job": "encode", **injected()}
    library.work(message)
    library.work({"job": "encode"})
    assert told.spans.tree() == "send\n  work (consumer)\nwork (consumer)"


def test_links(library: ModuleType, told: Capture, put):
    put(Wrap("library:work", name="work", links=lambda call: link_to(extracted(call.get("message")))))
    with trivet.span("send"):
        message = {"job": "encode", **injected()}
    library.work(message)
    [link] = told.spans.one("work").links
    assert f"{link.context.span_id:016x}" == told.spans.one("send").span_id


def test_a_family_makes_no_spans_inside_of_itself(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.hands_out", name="outer", kind=CLIENT, family="http"))
    put(Wrap("library:Queue.add_later", name="inner", kind=CLIENT, family="http"))
    asyncio.run(library.Queue().hands_out("encode"))
    asyncio.run(library.Queue().add_later("encode"))
    assert told.spans.names == ["outer", "inner"]
    assert told.spans.one("inner").parent_id is None


def test_leaves_and_asides_keep_a_family_quiet(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.hands_out", name="outer", leaves=("redis",)))
    put(Wrap("library:Queue.add_later", name="redis", kind=CLIENT, family="redis"))
    put(Aside("library:Queue.jobs", quiet=("redis",)))
    asyncio.run(library.Queue().hands_out("encode"))
    assert told.spans.names == ["outer"]


def test_suppression_as_opentelemetry_says_it(library: ModuleType, told: Capture, put):
    put(ADD)
    token = context_api.attach(context_api.set_value(_SUPPRESS_INSTRUMENTATION_KEY, True))
    try:
        assert library.Queue().add("encode")["headers"] is None
    finally:
        context_api.detach(token)
    assert not told.spans


def test_only_when_it_is_wanted(library: ModuleType, told: Capture, put):
    put(Wrap("library:Queue.add", name="add", when=lambda call: call.get("job") != "poll"))
    library.Queue().add("poll")
    assert not told.spans


def test_durations_are_measured_with_the_attributes_asked_for(library: ModuleType, told: Capture, put):
    duration = Duration("queue.add", "Time to add.", ("job", "error.type"))
    put(
        Wrap(
            "library:Queue.add", name="add", attributes=lambda call: {"job": call.get("job"), "n": 1}, duration=duration
        )
    )
    library.Queue().add("encode")
    with pytest.raises(KeyError):
        library.Queue().add("bad")
    assert told.metrics.count("queue.add", job="encode") == 1
    assert told.metrics.count("queue.add", {"job": "bad", "error.type": "KeyError"}) == 1


@pytest.mark.parametrize("hook", ["name", "attributes", "parent", "before", "after"])
def test_a_rule_that_fails_is_our_fault_and_not_the_programs(
    library: ModuleType, told: Capture, put, hook: str, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: Any) -> Any:
        raise RuntimeError("a bad rule")

    put(Wrap("library:Queue.add", **{"name": "add", hook: fails}))
    with pytest.raises(RuntimeError):
        library.Queue().add("encode")
    monkeypatch.setenv("TRIVET_RAISE", "0")
    before = faults.counted["instrument"]
    assert library.Queue().add("encode")["job"] == "encode"
    assert faults.counted["instrument"] == before + 1
    assert trace.get_current_span().get_span_context().span_id == 0


def test_a_function_is_wrapped_where_its_package_has_imported_it(told: Capture, monkeypatch: pytest.MonkeyPatch):
    package, inner, stranger = ModuleType("parcel"), ModuleType("parcel.api"), ModuleType("parcels")
    for module in (package, inner, stranger):
        module.fetch = fetch = package.fetch if module is not package else lambda url: url
        monkeypatch.setitem(sys.modules, module.__name__, module)
    patches = Patches()
    patches.wrap(inner, "fetch", wrapped(Wrap("parcel.api:fetch", name="fetch"), Teller(trace.get_tracer("kit"), None)))
    assert (package.fetch("a"), inner.fetch("b"), stranger.fetch("c")) == ("a", "b", "c")
    assert told.spans.names == ["fetch", "fetch"] and stranger.fetch is fetch
    patches.undo()
    assert package.fetch is inner.fetch is fetch


def test_a_coroutine_function_misses_its_arguments_when_it_is_called(told: Capture):
    async def app(scope, receive, send):
        return scope

    async def lenient(scope=None):
        return scope

    teller = Teller(trace.get_tracer("kit"), None)
    strict, loose = (wrapped(Wrap("a:b", name="ask"), teller)(each) for each in (app, lenient))
    for function in (strict, quiet(Aside("a:b"))(app)):
        assert inspect.iscoroutinefunction(function) and inspect.signature(function) == inspect.signature(app)
        with pytest.raises(TypeError):
            function()
        assert asyncio.run(function(1, send=2, receive=3)) == 1
    assert asyncio.run(loose()) is None and told.spans.names == ["ask", "ask"]
