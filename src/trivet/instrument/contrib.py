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
# Packages of theirs whose name is not that of the module that they wrap.
MODULES = {
    "aiohttp_client": "aiohttp", "aiohttp_server": "aiohttp", "boto3sqs": "boto3", "mysql": "mysql.connector",
    "mysqlclient": "MySQLdb", "fastapi": "starlette", "openai_v2": "openai", "tortoiseorm": "tortoise",
}  # fmt: skip
# Libraries that they tell of and we do not, and what their package is called after the prefix: a list that is kept by
# hand, since others have put packages of their own under names that only look like theirs.
PACKAGES = {
    "aio-pika": "aio-pika", "aiokafka": "aiokafka", "aiopg": "aiopg", "anthropic": "genai-anthropic",
    "boto3": "boto3sqs", "botocore": "botocore", "cassandra-driver": "cassandra", "confluent-kafka": "confluent-kafka",
    "falcon": "falcon", "grpcio": "grpc", "kafka-python": "kafka-python", "langchain": "genai-langchain",
    "mysql-connector-python": "mysql", "mysqlclient": "mysqlclient", "openai": "genai-openai", "pika": "pika",
    "psycopg2": "psycopg2", "psycopg2-binary": "psycopg2", "pymemcache": "pymemcache", "pymongo": "pymongo",
    "pymssql": "pymssql", "pymysql": "pymysql", "pyramid": "pyramid", "remoulade": "remoulade", "tornado": "tornado",
    "tortoise-orm": "tortoiseorm",
}  # fmt: skip
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
        module = MODULES.get(name, name.rpartition(".")[2])
        if module.partition(".")[0] not in ours and name not in NOT_WANTED:
            when_imported(module, lambda _, name=name: _start(name, tracers, meters))


def _there() -> list[str]:
    """`grpc`, `genai.openai`, … by the directories of their packages: reading every installed package's entry points
    would take 50 ms at start."""
    places = [Path(path, "instrumentation") for path in opentelemetry.__path__]
    files = ((place, file) for place in places for deep in ("*", "*/*") for file in place.glob(f"{deep}/package.py"))
    found = (file.parent.relative_to(place) for place, file in files)
    return sorted(".".join(each.parts) for each in found)


def _start(name: str, tracers: Any, meters: Any) -> None:
    """Their own check of versions decides."""
    from importlib import metadata  # 15 ms that most programs need not spend

    for point in metadata.entry_points(group=GROUP):
        if point.value.startswith(f"opentelemetry.instrumentation.{name}:"):
            try:
                instrumentor = point.load()()
                instrumentor._trivet = True
                instrumentor.instrument(
                    tracer_provider=tracers, meter_provider=meters, raise_exception_on_conflict=True
                )
            except Exception as error:  # a conflict of versions too, which they would log as an error
                faults.note(error, "contrib")


def installed() -> dict[str, tuple[str, str]]:
    """The library's package, theirs, and what theirs has against the release of it that is here; of those that are not
    ours to tell of."""
    from importlib import metadata

    found = {}
    for point in metadata.entry_points(group=GROUP):
        package = point.dist.name if point.dist else ""
        theirs = package.removeprefix(PREFIX)
        if theirs != package and theirs not in NOT_WANTED:  # taskiq, for one, is its own
            refusal = _refusal(point.dist)
            for library in [library for library, name in PACKAGES.items() if name == theirs] or [theirs]:
                found[library] = package, refusal
    return found


def _refusal(package: Any) -> str:
    """`it wants pymongo<5`; empty when the two get on."""
    from opentelemetry.instrumentation.dependencies import get_dist_dependency_conflicts

    conflict = get_dist_dependency_conflicts(package)
    if conflict is None:
        return ""
    wants = [conflict.required] if conflict.required else conflict.required_any or ()
    return f"it wants {' or '.join(str(each).partition(';')[0] for each in wants)}"


def advice(package: str) -> str:
    """The line that installs what is missing."""
    return f"pip install {PREFIX}{PACKAGES.get(package, package)}"
