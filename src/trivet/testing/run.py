"""A test run as a trace: the session, under it each test, under that its fixtures.

What the tested code tells stands under its test, unless the test captures it. With pytest-xdist the workers' tests join
the same trace: they inherit `TRACEPARENT`.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from time import time_ns
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.context import attach, detach, get_current
from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context

import trivet
from trivet.sdk.carried import handed_down
from trivet.version import __version__

SCOPE = "trivet.testing"
LONGEST = 8000  # characters of a failure's report


class TracedRun:
    """Registered as a plugin when `--trivet` is given. Its spans keep real times and are never captured."""

    def __init__(self, endpoint: str | None):
        self._endpoint = endpoint
        self._open: list[Span] = []
        self._session = ExitStack()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        trivet.start(service=os.environ.get("OTEL_SERVICE_NAME") or "pytest", endpoint=self._endpoint)
        self._tracer = trace.get_tracer(SCOPE, __version__)
        suite = {"test.suite.name": session.config.rootpath.name}
        os.environ.update(handed_down(self._session.enter_context(self._span("pytest", suite))))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if not self._open:
            return
        counts = {"pytest.collected": session.testscollected, "pytest.failed": session.testsfailed}
        self._open[0].set_attributes({**counts, "pytest.exit_status": int(exitstatus)})
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            self._open[0].set_status(Status(StatusCode.ERROR, f"{session.testsfailed} tests failed"))
        self._session.close()
        trivet.flush()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        path, line, _ = item.location
        where = {"code.file.path": path, "code.line.number": (line or 0) + 1}
        with self._span(item.name, {"test.case.name": item.nodeid, **where}):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, Any]:
        with self._span(f"fixture {fixturedef.argname}", {"pytest.fixture.scope": fixturedef.scope}):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        span = self._open[-1]
        if report.failed:
            span.set_attribute("test.case.result.status", "fail")
            span.set_status(Status(StatusCode.ERROR, f"{report.when} failed"))
            span.add_event("exception", {"exception.message": str(report.longrepr)[-LONGEST:]})
        elif report.when == "call" or report.skipped:
            span.set_attribute("test.case.result.status", "skipped" if report.skipped else "pass")
        return report

    @contextmanager
    def _span(self, name: str, attributes: dict[str, Any]) -> Iterator[Span]:
        """Under the one before. A fixture may leave a context of its own behind, such as a capture's: that stays."""
        above = set_span_in_context(self._open[-1]) if self._open else None
        span = self._tracer.start_span(name, above, attributes=attributes, start_time=time_ns())
        self._open.append(span)
        context = set_span_in_context(span)
        token = attach(context)
        try:
            yield span
        finally:
            if get_current() is context:
                detach(token)
            self._open.pop()
            span.end(time_ns())
