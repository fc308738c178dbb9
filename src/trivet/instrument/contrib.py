"""OpenTelemetry's own instrumentation packages beside our rules: never two spans for one call.

They take what we have no rules for, when they are installed. Where a program starts one of them itself, for a library
that is ours, it gets its way: our rules let go of that library first.
"""

import re
import sys
from collections.abc import Callable, Iterator
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
        try:
            if _will_tell(self, kwargs):
                for library in _libraries_of(self):
                    let_go(library)
        except Exception as error:
            faults.swallow(error, "contrib")
        return instrument(self, **kwargs)

    module.BaseInstrumentor.instrument = instrument_after_us


def _will_tell(instrumentor: Any, asked: dict[str, Any]) -> bool:
    """Not when it is ours, or at work already, or about to refuse this release of its library."""
    if getattr(instrumentor, "_trivet", False) or instrumentor.is_instrumented_by_opentelemetry:
        return False
    return bool(asked.get("skip_dep_check")) or not instrumentor._check_dependency_conflicts()


def _libraries_of(instrumentor: Any) -> set[str]:
    """`opentelemetry.instrumentation.requests` → `requests`; elsewhere (`taskiq.instrumentation`) what it says."""
    parts = type(instrumentor).__module__.split(".")
    if parts[:2] == ["opentelemetry", "instrumentation"] and len(parts) > 2:
        return {MODULES.get(parts[2], parts[2])}
    wanted = (re.match(r"[\w.-]+", each) for each in instrumentor.instrumentation_dependencies())
    return {name[0].lower() for name in wanted if name}


def has(library: str) -> bool:
    """Whether the program has started their instrumentation of it before we came."""
    module = sys.modules.get("opentelemetry.instrumentation.instrumentor")
    return module is not None and any(library in _libraries_of(each) for each in _at_work(module.BaseInstrumentor))


def _at_work(kind: type) -> Iterator[Any]:
    for each in kind.__subclasses__():
        instance = vars(each).get("_instance")
        if instance is not None and instance.is_instrumented_by_opentelemetry:
            yield instance
        yield from _at_work(each)


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
