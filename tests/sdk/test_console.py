import io
import re

from opentelemetry.trace import StatusCode

from trivet.sdk.console import Console, duration
from trivet.sdk.logs import INFO, Log, TemplateLog

SECOND = 10**9


def printed(out: io.StringIO) -> list[str]:
    """Without times, and with the trace's digits as `T`."""
    return [re.sub(r"^\d\d:\d\d:\d\d\.\d{3} ([0-9a-f]{4}|    ) ", "", line) for line in out.getvalue().splitlines()]


def test_a_tree_of_spans_and_log_records(provider, tracer):
    out = io.StringIO()
    console = Console(out)
    provider.add_span_processor(console)
    log = TemplateLog(lambda made=Log(console.hear(lambda record: None), INFO): made)
    root = tracer.start_span("GET /", start_time=SECOND, attributes={"user": 7})
    from opentelemetry.trace import use_span

    with use_span(root):
        log.info("looking")
        child = tracer.start_span("SELECT", start_time=2 * SECOND)
        with use_span(child):
            log.error("bad {n}", n=1)
        child.set_status(StatusCode.ERROR, "ValueError: x")
        child.end(2 * SECOND + 1_500_000)
        tracer.start_span("quick", start_time=SECOND).end(SECOND + 5)
    root.end(4 * SECOND)
    log.warn("outside")
    assert printed(out) == [
        "GET / user=7",
        "  INFO looking",
        "  SELECT",
        "    ERROR bad 1",
        "  └ SELECT 1.50 ms ✗ ValueError: x",
        "  quick",
        "└ GET / 3.00 s",
        "WARN outside",
    ]


def test_colours_only_where_there_are_any(provider, tracer):
    out = io.StringIO()
    provider.add_span_processor(Console(out, colours=True))
    tracer.start_span("s").end()
    assert "\x1b[1ms\x1b[0m" in out.getvalue()
    assert not Console(out)._colours


def test_a_terminal_that_has_gone_is_no_error(provider, tracer):
    out = io.StringIO()
    provider.add_span_processor(Console(out))
    out.close()
    tracer.start_span("s").end()


def test_long_attributes_are_cut(provider, tracer):
    out = io.StringIO()
    provider.add_span_processor(Console(out))
    tracer.start_span("s", attributes={"text": "x" * 1000}).end()
    assert len(out.getvalue().splitlines()[0]) < 200


def test_durations_have_three_digits():
    durations = [duration(ns) for ns in (310_000, 24_040_000, 1_520_000_000, 123_456_000_000)]
    assert durations == ["310 µs", "24.0 ms", "1.52 s", "123 s"]
