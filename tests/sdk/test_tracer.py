import asyncio
import contextvars
import logging
import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from opentelemetry import baggage, context, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags, set_span_in_context

from trivet.sdk import tracer as tracer_module
from trivet.sdk.resource import Resource
from trivet.sdk.tracer import TracerProvider

REMOTE = SpanContext(0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331, is_remote=True, trace_flags=TraceFlags(1))


class Watcher:
    """A span processor, as applications write them."""

    def __init__(self, calls: list, name: str = "w"):
        self.calls = calls
        self.name = name

    def on_start(self, span, parent_context=None):
        self.calls.append((self.name, "start", span.name, span.is_recording()))
        span.set_attribute("watched", True)

    def _on_ending(self, span):
        self.calls.append((self.name, "ending", span.name, span.is_recording()))

    def on_end(self, span):
        self.calls.append((self.name, "end", span.name, span.is_recording()))

    def shutdown(self):
        self.calls.append((self.name, "shutdown"))

    def force_flush(self, timeout_millis=30_000):
        return timeout_millis > 0


def test_a_root_has_new_random_ids(tracer):
    spans = [tracer.start_span("s") for _ in range(100)]
    contexts = [span.get_span_context() for span in spans]
    assert len({c.trace_id for c in contexts}) == len({c.span_id for c in contexts}) == 100
    assert all(c.is_valid and c.trace_flags == 3 and not c.is_remote and span.parent is None
               for c, span in zip(contexts, spans, strict=True))  # fmt: skip


def test_an_app_that_seeds_random_does_not_repeat_our_ids():
    def first() -> int:
        random.seed(1)
        return TracerProvider().get_tracer("t").start_span("s").get_span_context().trace_id

    state = random.getstate()
    assert first() != first()
    random.setstate(state)


def test_a_child_continues_its_local_and_its_remote_parent(tracer):
    with tracer.start_as_current_span("parent") as parent:
        child = tracer.start_span("child")
    assert child.parent == parent.get_span_context()
    assert child.get_span_context().trace_id == parent.get_span_context().trace_id
    explicit = tracer.start_span("explicit", context=set_span_in_context(parent))
    assert explicit.parent == parent.get_span_context()
    remote = tracer.start_span("remote", context=set_span_in_context(NonRecordingSpan(REMOTE)))
    assert remote.parent == REMOTE and remote.get_span_context().trace_flags == 1
    fresh = tracer.start_span("fresh", context=context.Context())
    assert fresh.parent is None


def test_current_span_nests_and_restores(tracer, ended):
    with tracer.start_as_current_span("a") as a:
        assert trace.get_current_span() is a
        with tracer.start_as_current_span("b") as b:
            assert trace.get_current_span() is b
        assert trace.get_current_span() is a
    assert trace.get_current_span() is trace.INVALID_SPAN
    assert [span.name for span in ended] == ["b", "a"]


def test_baggage_stays_in_the_context(tracer):
    token = context.attach(baggage.set_baggage("user", "7"))
    with tracer.start_as_current_span("s"):
        assert baggage.get_baggage("user") == "7"
    context.detach(token)


def test_end_on_exit_can_be_declined(tracer, ended):
    with tracer.start_as_current_span("s", end_on_exit=False) as span:
        pass
    assert span.is_recording() and not ended


def test_an_error_marks_the_span_and_goes_on(tracer, ended):
    with pytest.raises(KeyError), tracer.start_as_current_span("s"):
        raise KeyError("k")
    (span,) = ended
    assert span.status.description == "KeyError: 'k'" and span.events[0].name == "exception"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_leaving_is_no_error(tracer, ended, error):
    with pytest.raises(error), tracer.start_as_current_span("s"):
        raise error
    assert ended[0].events == () and ended[0].status.is_unset


@pytest.mark.parametrize("way", ["start_span", "start_as_current_span"])
def test_recording_and_status_can_be_declined(tracer, ended, way):
    with pytest.raises(KeyError), getattr(tracer, way)("s", record_exception=False, set_status_on_exception=False):
        raise KeyError("k")
    assert ended[0].events == () and ended[0].status.is_unset


def test_a_context_that_is_gone_is_no_error(tracer, ended, caplog):
    current = tracer.start_as_current_span("s")
    contextvars.copy_context().run(current.__enter__)
    with caplog.at_level(logging.DEBUG):
        current.__exit__(None, None, None)
    assert len(ended) == 1 and not caplog.records


def test_tasks_and_copied_contexts_follow(tracer, ended):
    async def child(name: str):
        with tracer.start_as_current_span(name):
            await asyncio.sleep(0)

    async def parent():
        with tracer.start_as_current_span("parent"):
            await asyncio.gather(child("a"), child("b"))
            await asyncio.to_thread(lambda: tracer.start_span("thread").end())

    asyncio.run(parent())
    root = next(span for span in ended if span.name == "parent")
    assert [span.parent for span in ended if span is not root] == [root.context] * 3


def test_processors_in_order_before_and_after(provider, tracer, ended):
    calls: list = []
    with tracer.start_as_current_span("early") as early:
        provider.add_span_processor(Watcher(calls, "one"))
        provider.add_span_processor(Watcher(calls, "two"))
        tracer.start_span("late").end()
    assert calls == [
        ("one", "start", "late", True), ("two", "start", "late", True),
        ("one", "ending", "late", True), ("two", "ending", "late", True),
        ("one", "end", "late", False), ("two", "end", "late", False),
        ("one", "ending", "early", True), ("two", "ending", "early", True),
        ("one", "end", "early", False), ("two", "end", "early", False),
    ]  # fmt: skip
    assert ended[0].attributes == {"watched": True} and early.attributes == {}
    assert provider.force_flush() is True and provider.force_flush(0) is False
    provider.shutdown()
    assert calls[-2:] == [("one", "shutdown"), ("two", "shutdown")]


def test_a_processor_that_fails_is_not_the_apps_problem(provider, tracer, ended, monkeypatch):
    class Broken(Watcher):
        def on_start(self, span, parent_context=None):
            raise RuntimeError("mine")

        on_end = _on_ending = on_start

    monkeypatch.setenv("TRIVET_RAISE", "0")
    provider.add_span_processor(Broken([]))
    with tracer.start_as_current_span("s"):
        pass
    assert len(ended) == 1


def test_the_entry_span_is_the_local_root_or_the_nearest_request(tracer):
    with tracer.start_as_current_span("job") as job, tracer.start_as_current_span("step") as step:
        assert job.entry is step.entry is job
        server = tracer.start_span("GET /", kind=SpanKind.SERVER)
        inner = tracer.start_span("inner", context=set_span_in_context(server))
        assert server.entry is inner.entry is server
    remote = tracer.start_span("message", context=set_span_in_context(NonRecordingSpan(REMOTE)))
    assert remote.entry is remote


def test_tracers_are_kept_per_scope(provider):
    one = provider.get_tracer("lib", "1", "https://schema", {"a": [1]})
    assert one is provider.get_tracer("lib", "1", "https://schema", {"a": [1]})
    assert one is not provider.get_tracer("lib", "1", "https://schema", {"a": [2]})
    assert one is not provider.get_tracer("lib", "2", "https://schema", {"a": [1]})
    scope = one.start_span("s").instrumentation_scope
    assert (scope.name, scope.version, scope.schema_url) == ("lib", "1", "https://schema")
    assert scope.attributes == {"a": (1,)}
    assert provider.get_tracer(None).scope.name == ""


def test_otel_sdk_disabled(provider, monkeypatch):
    monkeypatch.setenv("OTEL_SDK_DISABLED", "True")
    assert not provider.get_tracer("t").start_span("s").is_recording()


def test_spans_carry_the_providers_resource():
    provider = TracerProvider(resource=Resource({"service.name": "web"}).merge(Resource({"host.name": "h"}, "url")))
    resource = provider.get_tracer("t").start_span("s").resource
    assert resource.attributes == {"service.name": "web", "host.name": "h"} and resource.schema_url == "url"


def test_of_spans_that_nobody_ends_the_oldest_is_delivered(provider, tracer, ended, monkeypatch):
    monkeypatch.setattr(tracer_module, "MAX_OPEN", 3)
    spans = [tracer.start_span(str(number)) for number in range(4)]
    assert ended == [spans[0]] and spans[0].attributes == {"trivet.incomplete": True}
    provider.end_all_open()
    assert [span.name for span in ended] == ["0", "1", "2", "3"] and not provider.open


def test_the_first_span_of_a_process_is_noticed_and_again_after_a_fork(provider, tracer):
    noticed: list = []
    provider.on_first_span = lambda: noticed.append(1)
    other = provider.get_tracer("other")
    for _ in range(3):
        tracer.start_span("s"), other.start_span("s")
    assert len(noticed) == 1
    provider.forget_parent_process()
    for _ in range(3):
        other.start_span("s"), tracer.start_span("s")
    assert len(noticed) == 2


def test_a_forked_child_leaves_its_parents_spans_alone_and_has_ids_of_its_own(provider, tracer, ended):
    span = tracer.start_span("inherited")
    read, write = os.pipe()
    child = os.fork()
    if not child:
        provider.forget_parent_process()
        span.end()
        own = tracer.start_span("own").get_span_context().span_id
        os.write(write, f"{len(ended)} {own}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    delivered, own = os.read(read, 100).decode().split()
    os.close(read), os.close(write)
    assert delivered == "0"
    assert int(own) != tracer.start_span("next").get_span_context().span_id
    span.end()
    assert ended == [span]


def test_threads_start_and_end_spans_at_once(tracer, ended):
    def work(number: int):
        with tracer.start_as_current_span(f"outer {number}") as outer:
            for _ in range(50):
                with tracer.start_as_current_span("inner") as inner:
                    inner.set_attribute("n", number)
                assert inner.parent == outer.get_span_context()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(ended) == 8 * 51
