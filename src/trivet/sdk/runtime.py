"""Everything that `trivet.start` puts together, and how it comes apart: at exit, at exec, in a forked child."""

import logging
import os
from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any

from opentelemetry import context, metrics, trace

from trivet import faults
from trivet.instrument.imported import when_imported
from trivet.sdk import sampling, serverless
from trivet.sdk.carried import parent_of
from trivet.sdk.console import Console
from trivet.sdk.crash import LastWords, record_of
from trivet.sdk.delivery import Delivery
from trivet.sdk.encode import Encoder
from trivet.sdk.endpoint import targets
from trivet.sdk.exits import Exits
from trivet.sdk.logs import INFO, SEVERITIES, Log, Record
from trivet.sdk.logs_loguru import LoguruLogs, is_from_loguru
from trivet.sdk.logs_stdlib import StdlibLogs
from trivet.sdk.logs_structlog import StructlogLogs
from trivet.sdk.metrics import MeterProvider
from trivet.sdk.naming import INHERITED
from trivet.sdk.outbox import Outbox
from trivet.sdk.process_metrics import LoopDelay, observe_ourselves, observe_process
from trivet.sdk.resource import Resource, detect, process
from trivet.sdk.running import NEVER, Watch
from trivet.sdk.scrub import Scrubber
from trivet.sdk.span import Span
from trivet.sdk.spill import Spill, place
from trivet.sdk.tracer import TracerProvider, loops
from trivet.sdk.transport import Transport
from trivet.sdk.values import Attributes
from trivet.settings import AppSettings
from trivet.version import __version__

logger = logging.getLogger("trivet.sdk")


class Runtime:
    """One process's telemetry. The constructor touches nothing outside; `start` does."""

    def __init__(self, settings: AppSettings, environ: Mapping[str, str] = os.environ, named_by_us: bool = False):
        self.settings = settings
        self.environ = environ
        self.resource = detect(settings.service, environ)
        self.adding = RLock()  # of `trivet.wide.add`
        self.stdout_logs: Any = None
        self.targets = targets(settings, environ, named_by_us)
        self.encoder = self._make_encoder()
        self.outbox = Outbox(self._make_delivery(), settings.metrics_interval)
        spans = self.outbox.add_lane("traces", settings.queue, lambda items: self.encoder.spans(items))
        self.provider = TracerProvider(
            sampler=sampling.from_environment(environ, settings.parent_sampling),
            resource=self.resource,
            deliver=self._deliver_to(spans.put),
        )
        self.tracer = self.provider.get_tracer("trivet", __version__)
        records = self.outbox.add_lane("logs", settings.queue, lambda items: self.encoder.logs(items))
        self.log = self._make_log(records.put)
        self.meters = MeterProvider(environ) if settings.metrics else None
        self.watch = self._make_watch(records.put)
        self.provider.on_first_span = self.watch.start
        self.last_words = LastWords(self.outbox.delivery.spill)
        self.outbox.on_start = self._wake_up
        self.outbox.first_thing = lambda: self._tell_of_crashes(records.slip_in)
        self.exits = Exits(self.finish, self.before_exec, self.in_child)
        self.outbox.on_late = self.exits.leave

    def _deliver_to(self, put: Callable[[Span], None]) -> Callable[[Span], None]:
        if not self.settings.traces:
            return _forget
        if serverless.is_on(self.settings.serverless, self.environ):
            return serverless.AfterRequest(put, self.outbox, self.environ)
        return put

    def _make_log(self, deliver: Callable[[Record], None]) -> Log | None:
        """None when nobody wants log records, neither the endpoint nor the terminal."""
        settings = self.settings
        hear = deliver if settings.logs else _forget
        if settings.console:
            console = Console()
            self.provider.add_span_processor(console)
            hear = console.hear(hear)
        elif not settings.logs:
            return None
        floor = SEVERITIES.get(settings.log_level.lower(), INFO)
        return Log(hear, floor, self.provider.limits.span_attributes)

    def _make_watch(self, deliver: Callable[[Record], None]) -> Watch:
        """The thread that looks at what takes long: open spans, and event loops."""
        settings, probe = self.settings, None
        if self.meters is not None:
            meter = self.meters.get_meter("trivet", __version__)
            observe_process(meter)
            observe_ourselves(meter, self.outbox.delivery)
            self.outbox.collect = self._collect
            probe = LoopDelay(meter, loops).probe
        after = settings.running_after if settings.traces and settings.logs else 0.0

        def each_look() -> None:
            self.exits.signals.check()
            if probe is not None:
                probe()

        return Watch(self.provider.open, deliver, after or NEVER, settings.running_every, each_look)

    def _collect(self) -> tuple[bytes, int] | None:
        groups, points = self.meters.collect(self.encoder.attributes_of_point)
        return (self.encoder.request(groups), points) if points else None

    def _make_encoder(self) -> Encoder:
        if not self.settings.scrub:
            return Encoder(self.resource)
        return Encoder(self.resource, Scrubber(self.settings.scrub_keys.split(",")).of)

    def _make_delivery(self) -> Delivery:
        service = str(self.resource.attributes["service.name"])
        home = place(self.settings.spill_dir, service, self.settings.endpoint)
        transport = Transport(self.targets, self.settings.timeout)
        return Delivery(transport, Spill(home, self.settings.spill_max_bytes), self.settings.unsent_bytes)

    def start(self) -> None:
        self.take_over()
        parent = parent_of(self.environ, context.get_current())
        if parent is not None:  # `trivet exec`, a CI step or a job's starter: what this process does is part of that
            context.attach(parent)
        os.environ[INHERITED] = str(self.resource.attributes["service.name"])
        self.exits.install()
        self.outbox.ring()

    def take_over(self) -> None:
        """From here on whatever the app and its libraries tell is told to us."""
        trace.set_tracer_provider(self.provider)
        if self.meters is not None:
            metrics.set_meter_provider(self.meters)
        if self.log is not None:
            self._hear(self.log)
        if self.settings.instrument:
            self._instrument()

    def _instrument(self) -> None:
        """Imported here: `instrument=False` pays nothing for it."""
        from trivet import instrument

        instrument.start(self.provider, self.meters, self.settings.rules, self.settings.queue_depth)
        if logger.isEnabledFor(logging.DEBUG):
            for each in instrument.nobody_tells_of():
                logger.debug("nobody tells of %s %s: %s", each.library, each.version, each.note)

    def _hear(self, log: Log) -> None:
        """Listen to whatever the app logs with, now or once it is imported."""
        from opentelemetry._logs import set_logger_provider

        from trivet.sdk.logs_otel import OtelLogs

        stdlib, loguru, structlog = StdlibLogs(log), LoguruLogs(log), StructlogLogs(log)
        self.stdlib_logs = stdlib
        stdlib.heard_elsewhere = [is_from_loguru, structlog.has_heard]
        loguru.bridged = lambda: stdlib.passing_on
        stdlib.install()
        when_imported("loguru", loguru.install)
        when_imported("structlog", structlog.install)
        set_logger_provider(OtelLogs(log))
        if self.settings.stdout:
            from trivet.sdk.logs_stdout import StdoutLogs

            self.stdout_logs = StdoutLogs(log)
            self.stdout_logs.install()

    def _wake_up(self) -> None:
        """This process has something to tell: from now on its end is watched, and what takes long in it."""
        self.exits.signals.rearm()
        self.watch.start()

    def _tell_of_crashes(self, deliver: Callable[[Record], None]) -> None:
        """Those of processes before this one; its own would be told by the next."""
        if self.settings.logs and self.log is not None:
            self.last_words.begin(str(self.resource.attributes["service.instance.id"]))
            for words in self.last_words.of_others():
                deliver(record_of(self.log, words))

    def flush(self, timeout: float) -> bool:
        return self.provider.force_flush(int(timeout * 1000)) and self.outbox.flush(timeout)

    def finish(self) -> None:
        """At exit: spans still open are delivered as they are, and everything that waits with them."""
        if self.stdout_logs is not None:
            self.stdout_logs.end()
        if self.log is not None:
            for words in self.last_words.of_children():
                self.log.deliver(record_of(self.log, words))
        self.provider.end_all_open()
        self.outbox.close(self.settings.exit_timeout)
        self.last_words.remove()
        self.provider.shutdown()

    def shut_down(self) -> None:
        """Deliver everything; from here on nothing is recorded."""
        self.finish()
        self.stop()

    def stop(self) -> None:
        """End our threads and connections."""
        self.watch.stop()
        self.outbox.stop()

    def before_exec(self) -> None:
        """The process goes on as another program, or, when that fails, as before."""
        self.provider.end_all_open()
        if not self.outbox.flush(self.settings.exit_timeout):
            self.outbox.rescue()

    def rename(self, service: str) -> None:
        """The app names itself after having been started under a guessed name, as by `trivet run`."""
        self._become({"service.name": service})
        os.environ[INHERITED] = service

    def _become(self, changed: Attributes) -> None:
        self.resource = self.resource.merge(Resource(changed))
        self.provider.resource = self.resource
        self.encoder = self._make_encoder()

    def in_child(self) -> None:
        """After a fork: a process of its own, which has recorded nothing yet."""
        self._become(process())
        self.adding = RLock()
        self.outbox.forget_parent_process()
        self.provider.forget_parent_process()
        self.watch.forget_parent_process()
        if self.meters is not None:
            self.meters.begin_again()
        faults.counted.clear()


def _forget(item: Any) -> None:
    """The signal is switched off: contexts are carried on, nothing is sent."""
