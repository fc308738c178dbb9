"""Which libraries are told of, by whom, and what is installed here that nobody tells of.

A library's rules are imported when the library itself is: a program pays for what it uses.
"""

import importlib
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

from trivet import faults
from trivet.instrument import contrib
from trivet.instrument.imported import when_imported
from trivet.instrument.kit import Aside, Custom, Rule, Teller, Wrap
from trivet.instrument.own import loaded, module_of, rule_files
from trivet.instrument.patch import Patches
from trivet.instrument.wrapped import quiet, wrapped
from trivet.version import __version__


@dataclass(frozen=True, slots=True)
class Library:
    """`imports` is the module whose import brings the rules of `rules/<name>.py`; `covers` says what they tell."""

    name: str
    imports: str
    covers: str
    distribution: str = ""

    @property
    def package(self) -> str:
        return self.distribution or self.name


STANDARD = "the standard library"

LIBRARIES = (
    Library("aiohttp", "aiohttp", "client calls, server requests"),
    Library("alembic", "alembic", "runs of migrations, each step in them"),
    Library("arq", "arq", "jobs enqueued, attempts at them, in one trace"),
    Library("asyncpg", "asyncpg", "SQL statements"),
    Library(
        "bigquery", "google.cloud.bigquery", "statements, waits for their jobs, other calls", "google-cloud-bigquery"
    ),
    Library("bullmq", "bullmq", "jobs added, attempts at them, in one trace with Node's"),
    Library("celery", "celery", "tasks sent, attempts at them, in one trace"),
    Library("django", "django", "server requests, their route; runs of migrations, each in them"),
    Library("dramatiq", "dramatiq", "messages enqueued, attempts at them, in one trace"),
    Library("flask", "flask", "server requests, their route"),
    Library("gunicorn", "gunicorn", "its log records of a request are in that request's span"),
    Library("httpx", "httpx", "client calls, blocking and async"),
    Library("huey", "huey", "tasks enqueued, attempts at them, in one trace"),
    Library("multiprocessing", "multiprocessing", "contexts follow processes and pools", STANDARD),
    Library("psycopg", "psycopg", "SQL statements, blocking and async"),
    Library("redis", "redis", "commands and pipelines, blocking and async"),
    Library("requests", "requests", "client calls"),
    Library("rq", "rq", "jobs enqueued, attempts at them, in one trace"),
    Library("saq", "saq", "jobs enqueued, attempts at them, in one trace"),
    Library("sqlalchemy", "sqlalchemy", "SQL statements of every driver, blocking and async"),
    Library("starlette", "starlette", "server requests of Starlette and FastAPI, their route"),
    Library("subprocess", "subprocess", "what is started: command, exit status, errors, cost", STANDARD),
    Library("taskiq", "taskiq", "tasks sent, attempts at them, in one trace"),
    Library("threading", "threading", "contexts follow threads and executors", STANDARD),
    Library("urllib", "urllib.request", "client calls", STANDARD),
    Library("urllib3", "urllib3", "client calls"),
    Library("uvicorn", "uvicorn", "its log records of a request are in that request's span"),
)
# Libraries that tell by themselves once a program has Trivet, and what to do for it if anything.
BY_THEMSELVES = {
    "elasticsearch": "by itself, since release 8.13",
    "faststream": "with the telemetry middleware of its broker: broker.add_middleware(…)",
    "google-cloud-pubsub": "with PublisherOptions and SubscriberOptions(enable_open_telemetry_tracing=True)",
    "google-cloud-storage": "with ENABLE_GCS_PYTHON_CLIENT_OTEL_TRACES=true in the environment",
    "litestar": "with its OpenTelemetryPlugin",
    "temporalio": "with its TracingInterceptor",
}
# What is worth a word when it is installed, because nobody tells of it.
NOBODY = (
    "aiomqtt", "aiomysql", "apscheduler", "django-q2", "duckdb", "nats-py", "paho-mqtt", "playwright", "procrastinate",
    "pyodbc", "snowflake-connector-python", "websockets",
)  # fmt: skip

By = Literal["trivet", "rules", "contrib", "itself", "nobody"]

_patches: dict[str, Patches] = {}


@dataclass(frozen=True, slots=True)
class Covered:
    """One installed library: who tells of it, and what else there is to say."""

    library: str
    version: str
    by: By
    note: str


def instrument(tracers: Any, meters: Any, rules: str = "") -> None:
    """Wait for every library that there are rules for, and let contrib's instrumentations have the others.

    `rules` names files of more rules (see `own`).
    """
    own = loaded(rule_files(rules))
    put_own(own, tracers, meters)
    for library in LIBRARIES:
        if library.name not in own:
            when_imported(library.imports, lambda _, library=library: _apply(library, tracers, meters))
    contrib.take_turns(restore)
    ours = {library.imports for library in LIBRARIES}.union(*map(_packages, own.values()))
    contrib.wait_for_others(frozenset(ours), tracers, meters)


def put_own(own: Mapping[str, tuple[Rule, ...]], tracers: Any, meters: Any) -> None:
    """Rules that stand outside, by library, instead of those that are there."""
    for name, rules in own.items():
        restore(name)
        _wait(name, rules, tracers, meters)


@contextmanager
def instead(name: str, rules: tuple[Rule, ...], tracers: Any, meters: Any) -> Iterator[None]:
    """For a while these rules about a library; afterwards ours, if they were in place."""
    ours = [library for library in LIBRARIES if library.name == name and name in _patches]
    put_own({name: rules}, tracers, meters)
    try:
        yield
    finally:
        restore(name)
        for library in ours:
            _apply(library, tracers, meters)


def _packages(rules: tuple[Rule, ...]) -> set[str]:
    return {module_of(rule).partition(".")[0] for rule in rules}


def _apply(library: Library, tracers: Any, meters: Any) -> None:
    if library.name not in _patches and not contrib.has(library.name):
        _wait(library.name, rules_of(library.name), tracers, meters)


def _wait(name: str, rules: tuple[Rule, ...], tracers: Any, meters: Any) -> None:
    _patches[name] = patches = Patches()
    scope = f"trivet.{name}"
    meter = meters.get_meter(scope, __version__) if meters is not None else None
    teller = Teller(tracers.get_tracer(scope, __version__), meter)
    for rule in rules:
        when_imported(module_of(rule), lambda found, rule=rule: _put(rule, found, patches, teller))


def rules_of(name: str) -> tuple[Rule, ...]:
    return importlib.import_module(f"trivet.instrument.rules.{name}").RULES


def _put(rule: Rule, module: ModuleType, patches: Patches, teller: Teller) -> None:
    if patches.over:  # it waited for a module that came after `restore`
        return
    try:
        if isinstance(rule, Custom):
            rule.install(module, patches, teller)
        else:
            wrapper = wrapped(rule, teller) if isinstance(rule, Wrap) else quiet(rule)
            patches.wrap(module, rule.target.partition(":")[2], wrapper)
    except AttributeError as error:
        # Another release of the library: that call is not told of, the program runs.
        if not (isinstance(rule, Wrap | Aside) and rule.optional):
            faults.note(error, "instrument")


def restore(name: str | None = None) -> None:
    """Everything as it was, of one library or of all; what they do from here on is not told."""
    for each in [name] if name else list(_patches):
        if each in _patches:
            _patches.pop(each).undo()


def coverage(rules: str = "") -> Iterator[Covered]:
    """What is installed here, in the order of the names; first the rule files that would be in place (see `own`)."""
    own = rule_files(rules)
    for file in own:
        yield Covered(file.name, _version(file.name) or "", "rules", f"as {file.path} says")
    ours = {library.name if library.distribution == STANDARD else library.package: library for library in LIBRARIES}
    theirs = contrib.installed()
    known = {*ours, *theirs, *contrib.PACKAGES, *BY_THEMSELVES, *NOBODY}
    for package in sorted(known.difference(file.name for file in own)):
        version = _version(package)
        if version is not None:
            by, note = ("trivet", ours[package].covers) if package in ours else _told_elsewhere(package, theirs)
            yield Covered(package, version, by, note)


def _told_elsewhere(package: str, theirs: Mapping[str, tuple[str, str]]) -> tuple[By, str]:
    instrumentation, refusal = theirs.get(package, ("", ""))
    if instrumentation and not refusal:
        return "contrib", f"by {instrumentation}"
    if package in BY_THEMSELVES:
        return "itself", BY_THEMSELVES[package]
    if refusal:
        return "nobody", f"{instrumentation} refuses this release: {refusal}"
    return "nobody", contrib.advice(package) if package in contrib.PACKAGES else f"trivet instrument new {package}"


def _version(package: str) -> str | None:
    """None where it is not installed; the standard library has Python's."""
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return platform.python_version() if package in sys.stdlib_module_names else None
