"""The outer walls of the house: what nobody should have to argue about.

A room imports only rooms on floors below its own, and its own files. Two rooms of one floor never meet. The
exemptions at the end may only be taken away.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "trivet"

FLOORS = {
    "cli": 9, "testing": 9,
    "pipeline": 8, "doctor": 8, "migrate": 8, "demo": 8, "watch": 8,
    "serve": 7,
    "query": 6,
    "receive": 5, "store": 5, "forward": 5,
    "spool": 4,
    "process": 3, "sdk": 3,
    "otlp": 2, "instrument": 2,
    "settings": 1, "tokens": 1, "hosts": 1,
    "errors": 0, "faults": 0, "version": 0,
}  # fmt: skip
APP_ROOMS = {"sdk", "instrument"}
APP_MAY_USE = {"sdk", "instrument", "otlp", "settings", "errors", "faults", "version"}
BANNED = {"utils", "util", "common", "helpers", "helper", "core", "manager", "managers", "misc", "lib"}
MAX_FUNCTION = 60
MAX_FILE = 500

EXEMPT_FUNCTIONS: set[str] = set()
EXEMPT_FILES: set[str] = set()


def python_files(*roots: str) -> list[Path]:
    return sorted(path for root in roots for path in (ROOT / root).rglob("*.py"))


def room_of(path: Path) -> str:
    """`src/trivet/spool/segment.py` → `spool`; `src/trivet/errors.py` → `errors`; the package itself → ``."""
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first in ("__init__.py", "__main__.py") else first.removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: import by the whole name"
            names = [f"trivet.{alias.name}" for alias in node.names] if node.module == "trivet" else [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "trivet" and len(parts) > 1 and parts[1] in FLOORS:
                yield parts[1], node.lineno


@pytest.mark.parametrize("path", python_files("src"), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_along_the_data_path(path: Path):
    room = room_of(path)
    if not room:
        return
    assert room in FLOORS, (
        f"{room} is not a planned room: give it a floor in test_tidy.py and a line in ARCHITECTURE.md"
    )
    for other, line in imported_rooms(path):
        if room in APP_ROOMS:
            assert other in APP_MAY_USE, f"{path}:{line}: an app must not need {other}"
        assert other == room or FLOORS[other] < FLOORS[room], f"{path}:{line}: {room} must not import {other}"


@pytest.mark.parametrize("path", python_files("src", "tests", "bench"), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_readable(path: Path):
    source = path.read_text()
    name = str(path.relative_to(ROOT))
    if name not in EXEMPT_FILES:
        assert source.count("\n") <= MAX_FILE, f"{name} is over {MAX_FILE} lines: which two things is it?"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if f"{name}:{node.name}" not in EXEMPT_FUNCTIONS:
                assert lines <= MAX_FUNCTION, f"{name}:{node.lineno} {node.name} has {lines} lines"


def test_no_room_is_a_drawer():
    for path in [*PACKAGE.rglob("*"), *(ROOT / "ui").glob("src/**/*")]:
        assert path.stem not in BANNED, f"{path.relative_to(ROOT)}: name it after what it holds"


def test_exemptions_are_still_needed():
    for name in EXEMPT_FILES:
        assert (ROOT / name).read_text().count("\n") > MAX_FILE, f"{name} no longer needs its exemption"


def test_the_app_side_imports_nothing_of_the_server():
    servers = ("trivet.", "grpc", "chdb", "starlette", "google")
    code = f"import sys, trivet; print(*sorted(m for m in sys.modules if m.startswith({servers})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    strangers = [m for m in done.stdout.split() if not (m.startswith("trivet.") and m.split(".")[1] in APP_MAY_USE)]
    assert not strangers
