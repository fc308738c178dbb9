"""How many jobs wait in the queues that this process works on: `trivet.queue.depth`, asked for at each report.

A thread of its own asks, over a connection of its own, so that a slow Redis delays neither the worker nor what is sent:
one round trip for each queue, of commands whose cost does not grow with the queue. Each process that works on a queue
reports all of its depth, so the figure of several is their largest, not their sum.
"""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opentelemetry import context as context_api
from opentelemetry.context import Context
from opentelemetry.metrics import CallbackOptions, Observation

from trivet import faults
from trivet.instrument.within import EVERYTHING, inside
from trivet.version import __version__

Commands = Mapping[str, Sequence[tuple[Any, ...]]]  # what waits (`waiting`, `delayed`) → the commands to add up
PATIENCE = 0.2  # seconds that a report waits for the answers; without them it goes without
TIMEOUT = 2.0  # seconds for one round trip
SAME = ("host", "port", "db", "username", "password")  # of a connection's parameters
OVER_TLS = ("ssl_keyfile", "ssl_certfile", "ssl_ca_certs", "ssl_ca_path", "ssl_ca_data", "ssl_cert_reqs",
            "ssl_check_hostname")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Queue:
    system: str
    name: str
    client: Any
    commands: Callable[[], Commands]

    def ask(self) -> list[Observation]:
        wanted = self.commands()
        pipeline = self.client.pipeline(transaction=False)
        for command in (command for commands in wanted.values() for command in commands):
            pipeline.execute_command(*command)
        answers = iter(pipeline.execute())
        return [self._observed(what, sum(next(answers) for _ in wanted[what])) for what in wanted]

    def _observed(self, what: str, depth: int) -> Observation:
        named = {"messaging.system": self.system, "messaging.destination.name": self.name, "trivet.queue.state": what}
        return Observation(depth, named)


class Depths:
    """The queues that are worked on here, and the thread that asks for them."""

    def __init__(self) -> None:
        self._meters: Any = None
        self._forget_the_parents()

    def begin(self, meters: Any) -> None:
        """From here on with this provider of meters; None: nobody wants to know."""
        self._meters = meters
        self._queues.clear()

    def watch(self, system: str, name: str, pool: Any, commands: Callable[[], Commands]) -> None:
        """A worker says it as often as it likes; the first time counts. `pool` tells where its Redis is."""
        if self._process != os.getpid():
            self._forget_the_parents()
        if self._meters is None or (system, name) in self._queues or "Sentinel" in type(pool).__name__:
            return  # of a sentinel's pool one cannot tell who the master is
        self._queues[system, name] = Queue(system, name, client_like(pool), commands)
        meter = self._meters.get_meter("trivet.queues", __version__)
        about = "jobs that wait in a queue that this process works on"
        meter.create_observable_gauge("trivet.queue.depth", [self.observe], "{message}", about)

    def observe(self, _: CallbackOptions) -> Iterator[Observation]:
        if self._process != os.getpid() or not self._queues:
            return
        if self._asking is None or self._asking.answered.is_set():
            self._asking = _Asking(list(self._queues.values()))
        if self._asking.answered.wait(PATIENCE):
            yield from self._asking.observations

    def _forget_the_parents(self) -> None:
        """A forked child works for its parent, which goes on asking."""
        self._queues: dict[tuple[str, str], Queue] = {}
        self._process = os.getpid()
        self._asking: _Asking | None = None


class _Asking:
    """One report's questions, in a thread that ends with them."""

    def __init__(self, queues: list[Queue]):
        self.answered = threading.Event()
        self.observations: list[Observation] = []
        self._queues = queues
        threading.Thread(target=self._ask, name="trivet-queue-depth", daemon=True).start()

    def _ask(self) -> None:
        token = context_api.attach(inside(Context(), (EVERYTHING,)))
        try:
            for queue in self._queues:
                self.observations.extend(queue.ask())
        except Exception as error:  # the store is away: so is the figure
            faults.note(error, "depth")
        finally:
            context_api.detach(token)
            self.answered.set()


def client_like(pool: Any) -> Any:
    """A blocking client to where a pool of redis-py leads, blocking or not; it waits for nothing long."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    there = pool.connection_kwargs
    kept = {name: there[name] for name in SAME if name in there}
    if "path" in there:
        kept["unix_socket_path"] = there["path"]
    if "SSL" in pool.connection_class.__name__:
        kept |= {"ssl": True} | {name: there[name] for name in OVER_TLS if name in there}
    return redis.Redis(**kept, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0))


DEPTHS = Depths()
watch = DEPTHS.watch
