"""OpenTelemetry's own instrumentation packages beside our rules: never two spans for one call.

They take what we have no rules for, when they are installed. Where a program starts one of them itself, for a library
that is ours, it gets its way: our rules let go of that library first.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import opentelemetry

from trivet import faults
from trivet.instrument.imported import when_imported

GROUP = "opentelemetry_instrumentor"
PREFIX = "opentelemetry-instrumentation-"
# Entry points whose name is not that of the module that they wrap.
MODULES = {
    "aiohttp_client": "aiohttp", "aiohttp_server": "aiohttp", "grpc_client": "grpc", "grpc_server": "grpc",
    "grpc_aio_client": "grpc", "grpc_aio_server": "grpc", "mysql": "mysql.connector",
    "mysqlclient": "MySQLdb", "fastapi": "starlette", "openai_v2": "openai", "tortoiseorm": "tortoise",
}  # fmt: skip
# What their instrumentations are called where that is not the package's name.
PACKAGES = {"grpcio": "grpc", "kafka-python": "kafka-python", "cassandra-driver": "cassandra", "openai": "openai-v2"}
# The standard library's, which we tell of in other ways.
NOT_WANTED = {"logging", "asyncio", "threading", "system_metrics", "urllib", "dbapi", "wsgi", "asgi"}


def take_turns(let_go: Callable[[str], None]) -> None:
    """`let_go(library)` before a program's own call of `XInstrumentor().instrument()`."""
    when_imported("opentelemetry.instrumentation.instrumentor", lambda module: _listen(module, let_go))


def _listen(module: ModuleType, let_go: Callable[[str], None]) -> None:
    instrument = module.BaseInstrumentor.instrument

    def instrument_after_us(self: Any, **kwargs: Any) -> Any:
        if not getattr(self, "_trivet", False):
            let_go(MODULES.get(_name_of(self), _name_of(self)))
        return instrument(self, **kwargs)

    module.BaseInstrumentor.instrument = instrument_after_us


def _name_of(instrumentor: Any) -> str:
    """`opentelemetry.instrumentation.requests` → `requests`."""
    return type(instrumentor).__module__.split(".")[2]


def has(library: str) -> bool:
    """Whether the program has started their instrumentation of it before we came."""
    for name, module in list(sys.modules.items()):
        if name.startswith("opentelemetry.instrumentation.") and name.count(".") == 2:
            own = name.rpartition(".")[2]
            if MODULES.get(own, own) == library and _is_at_work(module):
                return True
    return False


def _is_at_work(module: ModuleType) -> bool:
    kinds = (each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__)
    return any(getattr(getattr(kind, "_instance", None), "_is_instrumented_by_opentelemetry", False) for kind in kinds)


def wait_for_others(ours: frozenset[str], tracers: Any, meters: Any) -> None:
    """Their instrumentations of other libraries, each started when its library is imported."""
    for name in _there():
        module = MODULES.get(name, name)
        if module.partition(".")[0] not in ours and name not in NOT_WANTED:
            when_imported(module, lambda _, name=name: _start(name, tracers, meters))


def _there() -> list[str]:
    """The directories of their packages: reading every installed package's entry points would take 50 ms at start."""
    places = [Path(path, "instrumentation") for path in opentelemetry.__path__]
    return sorted(package.parent.name for place in places for package in place.glob("*/package.py"))


def _start(name: str, tracers: Any, meters: Any) -> None:
    """Their own check of versions decides; they log what they refuse."""
    from importlib import metadata  # 15 ms that most programs need not spend

    try:
        for point in metadata.entry_points(group=GROUP):
            if point.value.startswith(f"opentelemetry.instrumentation.{name}:"):
                instrumentor = point.load()()
                instrumentor._trivet = True
                instrumentor.instrument(tracer_provider=tracers, meter_provider=meters)
    except Exception as error:
        faults.note(error, "contrib")


def installed() -> dict[str, str]:
    """The library's package and theirs, of those that are not ours to tell of."""
    from importlib import metadata

    libraries = {theirs: library for library, theirs in PACKAGES.items()}
    found = {}
    for point in metadata.entry_points(group=GROUP):
        package = point.dist.name if point.dist else ""
        theirs = package.removeprefix(PREFIX)
        if theirs not in NOT_WANTED:
            found[libraries.get(theirs, theirs)] = package
    return found


def advice(package: str) -> str:
    """The line that installs what is missing."""
    return f"pip install {PREFIX}{PACKAGES.get(package, package)}"
