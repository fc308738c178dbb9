"""multiprocessing and process pools: work that is handed to another process stays in the trace of who handed it over.

No spans of their own; only the context goes along, pickled beside the work. The workers of a pool begin with none: the
trace in which a pool happened to grow is not that of all its later work.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from opentelemetry.trace import get_current_span

from trivet.instrument.carriers import extracted, fresh, injected
from trivet.instrument.kit import Custom, Teller
from trivet.instrument.patch import Patches, dressed, places
from trivet.instrument.within import Within

CARRIER = "_trivet_carrier"


class Carried:
    """A function and the context that it is to run in, for a worker of a pool."""

    def __init__(self, function: Callable):
        self.function, self.carrier = function, injected()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with Within(extracted(self.carrier)):
            return self.function(*args, **kwargs)


def _carrying(parameter: str) -> Callable[[Callable], Callable]:
    """A method that takes the work as its first argument."""

    def wrap(function: Callable) -> Callable:
        at = places(function).get(parameter, 1)

        def hand_over(*args: Any, **kwargs: Any) -> Any:
            if get_current_span().get_span_context().is_valid:
                if parameter in kwargs:
                    kwargs[parameter] = Carried(kwargs[parameter])
                elif at < len(args):
                    args = (*args[:at], Carried(args[at]), *args[at + 1 :])
            return function(*args, **kwargs)

        return dressed(hand_over, function)

    return wrap


def _anew(function: Callable) -> Callable:
    def worker(*args: Any, **kwargs: Any) -> Any:
        with Within(fresh()):
            return function(*args, **kwargs)

    return dressed(worker, function)


def _install_process(module: ModuleType, patches: Patches, _: Teller) -> None:
    patches.wrap(module, "BaseProcess.start", _starting)
    patches.wrap(module, "BaseProcess._bootstrap", _beginning)


def _starting(function: Callable) -> Callable:
    def start(self: Any) -> None:
        self.__dict__[CARRIER] = injected()
        function(self)

    return dressed(start, function)


def _beginning(function: Callable) -> Callable:
    """In the child, forked or spawned."""

    def _bootstrap(self: Any, *args: Any, **kwargs: Any) -> Any:
        with Within(extracted(self.__dict__.get(CARRIER))):
            return function(self, *args, **kwargs)

    return dressed(_bootstrap, function)


def _install_pool(module: ModuleType, patches: Patches, _: Teller) -> None:
    patches.wrap(module, "worker", _anew)
    for name in ("apply_async", "_map_async", "imap", "imap_unordered"):
        patches.wrap(module, f"Pool.{name}", _carrying("func"))


def _install_executor(module: ModuleType, patches: Patches, _: Teller) -> None:
    patches.wrap(module, "_process_worker", _anew)
    patches.wrap(module, "ProcessPoolExecutor.submit", _carrying("fn"))


RULES = (
    Custom("multiprocessing.process", install=_install_process),
    Custom("multiprocessing.pool", install=_install_pool),
    Custom("concurrent.futures.process", install=_install_executor),
)
