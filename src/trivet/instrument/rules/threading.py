"""Threads and executors: work that is handed to another thread stays in the trace of whoever handed it over.

No spans of their own; only the context goes along.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from opentelemetry import context as context_api

from trivet.instrument.kit import Custom, Teller
from trivet.instrument.patch import Patches, dressed
from trivet.instrument.within import Within

CONTEXT = "_trivet_context"


def _install_threads(module: ModuleType, patches: Patches, _: Teller) -> None:
    patches.wrap(module, "Thread.start", _starting)
    patches.wrap(module, "Thread.run", _running)
    patches.wrap(module, "Timer.run", _running)


def _starting(function: Callable) -> Callable:
    def start(self: Any) -> None:
        setattr(self, CONTEXT, context_api.get_current())
        function(self)

    return dressed(start, function)


def _running(function: Callable) -> Callable:
    """A subclass with a `run` of its own does not come by here, and begins traces of its own."""

    def run(self: Any) -> None:
        with Within(getattr(self, CONTEXT, None)):
            function(self)

    return dressed(run, function)


def _install_executors(module: ModuleType, patches: Patches, _: Teller) -> None:
    patches.wrap(module, "ThreadPoolExecutor.submit", _submitting)


def _submitting(function: Callable) -> Callable:
    def submit(self: Any, fn: Callable, /, *args: Any, **kwargs: Any) -> Any:
        return function(self, _carried(fn, context_api.get_current()), *args, **kwargs)

    return dressed(submit, function)


def _carried(fn: Callable, context: Any) -> Callable:
    def with_context(*args: Any, **kwargs: Any) -> Any:
        with Within(context):
            return fn(*args, **kwargs)

    return with_context


RULES = (
    Custom("threading", install=_install_threads),
    Custom("concurrent.futures.thread", install=_install_executors),
)
