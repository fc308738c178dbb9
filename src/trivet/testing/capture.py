"""What a piece of code told, kept in memory and not sent."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from opentelemetry import context as context_api
from opentelemetry.context import Context

from trivet.instrument.within import Rules
from trivet.sdk import api
from trivet.sdk.logs import Record
from trivet.sdk.runtime import Runtime
from trivet.sdk.span import Span
from trivet.settings import AppSettings
from trivet.testing.fixed import Clock, Ids
from trivet.testing.metrics import Metrics
from trivet.testing.records import Logs
from trivet.testing.run import SCOPE
from trivet.testing.spans import Spans


class Capture:
    """Filled while the program runs; `spans`, `logs` and `metrics` show what there is so far."""

    def __init__(self, runtime: Runtime, clock: Clock):
        self.clock = clock
        self._runtime = runtime
        self._ended: list[Span] = []
        self._records: list[Record] = []

    @property
    def spans(self) -> Spans:
        """In the order of their starts; those that have not ended are not among them."""
        return Spans(self._ended, self._records)

    @property
    def logs(self) -> Logs:
        return Logs(self._records)

    @property
    def metrics(self) -> Metrics:
        return Metrics(self._runtime.meters)

    def clear(self) -> None:
        self._ended.clear()
        self._records.clear()
        if self._runtime.meters is not None:
            self._runtime.meters.begin_again()


class Silent(Runtime):
    """Records everything and sends nothing: what tests run with when the program did not start Trivet itself."""

    def start(self) -> None:
        self.provider.on_first_span = lambda: None  # nobody waits for what runs long
        self.take_over()


@contextmanager
def capture(*, fixed: bool = True, rules: Path | None = None) -> Iterator[Capture]:
    """Hear what is told from here on, in all threads; spans begin traces of their own, whatever span is current.

    `fixed`: ids and times are the same in every run. `rules`: a rule file that is in place while it lasts, whatever the
    program has. While it lasts nothing is sent, also when the program has started Trivet. Captures do not nest.
    """
    runtime = _running()
    told = Capture(runtime, Clock())
    token = context_api.attach(Context())
    Rules.asleep = False
    try:
        with _heard(runtime, told, fixed), _in_place(runtime, rules):
            yield told
    finally:
        Rules.asleep = isinstance(runtime, Silent)
        context_api.detach(token)


@contextmanager
def _in_place(runtime: Runtime, rules: Path | None) -> Iterator[None]:
    """Raises what the file's code does: a test is where to find out."""
    if rules is None:
        yield
        return
    from trivet.instrument import catalogue
    from trivet.instrument.own import RuleFile

    file = RuleFile(Path(rules))
    with catalogue.instead(file.name, file.load(), runtime.provider, runtime.meters):
        yield


def _running() -> Runtime:
    if api._runtime is None:
        settings, _ = AppSettings.load({"service": "tests", "running_after": 0}, {})
        api._runtime = Silent(settings, environ={})
        api._runtime.start()
    return api._runtime


@contextmanager
def _heard(runtime: Runtime, told: Capture, fixed: bool) -> Iterator[None]:
    """The runtime delivers to `told`; afterwards it is as it was."""
    provider, log = runtime.provider, runtime.log
    delivered, bits, wrote = provider.deliver, provider.bits, log and log.deliver
    told.clear()
    _deliver(provider, told._ended.append, Ids() if fixed else bits)
    if log is not None:
        log.deliver = told._records.append
    try:
        with told.clock.in_charge() if fixed else nullcontext():
            yield
    finally:
        _deliver(provider, delivered, bits)
        if log is not None:
            log.deliver = wrote


def _deliver(provider: Any, deliver: Any, bits: Any) -> None:
    """Tracers keep what they use at every span; the one that tells of the test run goes on as before."""
    tracers = [tracer for tracer in provider._tracers.values() if tracer.scope.name != SCOPE]
    for one in (provider, *tracers):
        one.deliver, one.bits = deliver, bits
