"""Who tells of what is installed: `trivet run --explain` and the catalogue behind it."""

import os
import platform
import subprocess
import sys
from importlib import metadata
from types import ModuleType
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor

from trivet.instrument import catalogue, contrib, imported
from trivet.instrument.kit import Wrap
from trivet.testing import capture


def covered() -> dict[str, tuple[str, str, str]]:
    return {each.library: (each.version, each.by, each.note) for each in catalogue.coverage()}


def test_ours_contribs_and_nobodys(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(catalogue, "NOBODY", ("hypothesis", "not-installed-anywhere"))
    monkeypatch.setattr(catalogue, "BY_THEMSELVES", {"jsonschema": "with its switch"})
    found = covered()
    assert found["redis"] == (metadata.version("redis"), "trivet", "commands and pipelines, blocking and async")
    assert found["requests"][1] == "trivet", "contrib's package for it is installed, and ours comes first"
    assert found["sqlite3"] == (platform.python_version(), "contrib", "by opentelemetry-instrumentation-sqlite3")
    assert found["subprocess"][:2] == (platform.python_version(), "trivet")
    assert found["grpcio"][1:] == ("nobody", "pip install opentelemetry-instrumentation-grpc")
    assert found["hypothesis"] == (metadata.version("hypothesis"), "nobody", "trivet instrument new hypothesis")
    assert found["jsonschema"][1:] == ("itself", "with its switch")
    assert "not-installed-anywhere" not in found
    assert "taskiq" not in contrib.installed(), "its entry point is its own"


class Point:
    """An entry point of contrib's package for gRPC, which would be installed, and what it wants of grpcio."""

    value = "opentelemetry.instrumentation.grpc:Nothing"

    def __init__(self, wants: str):
        self.dist = type("Dist", (), {"name": "opentelemetry-instrumentation-grpc", "metadata": {"Provides-Extra": 1}})
        self.dist.requires = [f"grpcio {wants}; extra == 'instruments'"]


@pytest.mark.parametrize(
    ("wants", "by", "note"),
    [
        (">= 1.42", "contrib", "by opentelemetry-instrumentation-grpc"),
        ("< 1", "nobody", "opentelemetry-instrumentation-grpc refuses this release: it wants grpcio<1"),
    ],
)
def test_contribs_names_lead_back_to_the_library_and_its_check_is_asked(
    wants: str, by: str, note: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(metadata, "entry_points", lambda group: [Point(wants)])
    assert covered()["grpcio"][1:] == (by, note)


class Theirs(BaseInstrumentor):
    """An instrumentation of somebody's, in a module of its own, as taskiq's `taskiq.instrumentation`."""

    wants = "late >= 1"

    def instrumentation_dependencies(self) -> tuple[str]:
        return (self.wants,)

    def _check_dependency_conflicts(self) -> str | None:
        return self.conflict

    def _instrument(self, **_: Any) -> None:
        pass

    def _uninstrument(self, **_: Any) -> None:
        pass


def test_ours_lets_go_when_anybodys_instrumentation_starts_but_not_when_it_refuses(monkeypatch: pytest.MonkeyPatch):
    gone: list[str] = []
    monkeypatch.setattr(BaseInstrumentor, "instrument", BaseInstrumentor.instrument)
    contrib.take_turns(gone.append)
    theirs = Theirs()
    theirs.conflict = type("Conflict", (), {"_format_message": lambda *_: "too old"})()
    theirs.instrument()
    assert (gone, contrib.has("late")) == ([], False)
    theirs.conflict = None
    theirs.instrument()
    assert (gone, contrib.has("late"), contrib.has("redis")) == (["late"], True, False)
    theirs.uninstrument()
    assert not contrib.has("late")


def test_explain_says_it():
    command = [sys.executable, "-m", "trivet", "run", "--explain", "--", sys.executable, "-c", "print('ran')"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line}
    assert rows["redis"][1:3] == [metadata.version("redis"), "trivet"]
    assert rows["sqlite3"][2:] == ["contrib", "by", "opentelemetry-instrumentation-sqlite3"]
    assert "ran" not in rows and "service.name:" in rows


def test_what_is_imported_after_the_way_back_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    late = ModuleType("late.queue")
    late.work = work = lambda: 7
    rule = Wrap("late.queue:work", name="work")
    monkeypatch.setattr(catalogue, "LIBRARIES", (catalogue.Library("late", "late", "work"),))
    monkeypatch.setattr(catalogue, "rules_of", lambda name: (rule,))
    monkeypatch.setattr(contrib, "wait_for_others", lambda *_: None)  # it would take over all that is ours
    monkeypatch.setitem(sys.modules, "late", ModuleType("late"))
    with capture():
        catalogue.instrument(trace.get_tracer_provider(), None)
        catalogue.restore()
        for hook in imported._waiting.pop("late.queue"):
            hook(late)
    assert late.work is work


def test_what_nobody_tells_of_is_named_once_at_debug_level():
    """grpcio is here with the server, and its instrumentation is not."""
    code = "import logging, trivet; logging.basicConfig(level=logging.DEBUG); trivet.start(); trivet.start()"
    environ = {**os.environ, "TRIVET_ENDPOINT": "http://127.0.0.1:9", "TRIVET_SPILL_MAX_BYTES": "0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=environ)
    said = f"nobody tells of grpcio {metadata.version('grpcio')}: pip install opentelemetry-instrumentation-grpc"
    assert done.stderr.count(said) == 1, done.stderr
    code = code.replace("DEBUG", "INFO")
    quiet = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=environ)
    assert "nobody" not in quiet.stderr
