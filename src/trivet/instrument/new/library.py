"""An installed library: found by what it is installed or imported as, and who tells of it already."""

import contextlib
import difflib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType

from trivet.errors import CannotStart
from trivet.instrument import contrib
from trivet.instrument.catalogue import LIBRARIES

NOT_LOOKED_INTO = ("test", "tests", "testing", "conftest", "cli", "setup", "vendor", "contrib", "compat", "plugins")
MOST_SOURCES = 5_000  # files that are searched for OpenTelemetry


@dataclass(frozen=True, slots=True)
class Library:
    """`modules` are its public modules that importing it has loaded; the package itself is the first."""

    name: str
    distribution: str
    version: str
    modules: tuple[ModuleType, ...]
    commands: tuple[str, ...]
    told_by: str
    note: str


def library(wanted: str) -> Library:
    """CannotStart: not installed here, or it cannot be imported."""
    name, distribution = _names(wanted)
    package = _imported(name)
    by, note = _told(name, distribution, package)
    return Library(
        name,
        distribution,
        metadata.version(distribution) if distribution else "",
        tuple(_modules(package)),
        _commands(distribution),
        by,
        note,
    )


def _names(wanted: str) -> tuple[str, str]:
    """What to import, and what it is installed as ("" of the standard library and of the project's own modules)."""
    packages = metadata.packages_distributions()
    top = wanted.partition(".")[0]
    if top in packages:
        return wanted, packages[top][0]
    if top.isidentifier() and importlib.util.find_spec(top):
        return wanted, ""
    theirs = [module for module, distributions in packages.items() if _same(wanted, distributions)]
    public = sorted((each for each in theirs if not each.startswith("_")), key=lambda each: (len(each), each))
    if not public:
        raise _not_here(wanted, {*packages, *(each for group in packages.values() for each in group)})
    best = next((each for each in public if _plain(each) == _plain(wanted)), public[0])
    return best, next(each for each in packages[best] if _plain(each) == _plain(wanted))


def _same(wanted: str, distributions: list[str]) -> bool:
    return any(_plain(each) == _plain(wanted) for each in distributions)


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


def _not_here(wanted: str, known: set[str]) -> CannotStart:
    near = difflib.get_close_matches(wanted, known, 1)
    meant = f"did you mean {near[0]}? Else: " if near else ""
    hint = f"{meant}install it where this trivet runs ({sys.executable} -m pip install {wanted})"
    return CannotStart(f"{wanted} is not installed here", hint=hint)


def _imported(name: str) -> ModuleType:
    try:
        with contextlib.redirect_stdout(sys.stderr):  # some libraries greet
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            raise CannotStart(f"there is no module {name}", hint="name a module that can be imported") from None
        raise CannotStart(f"{name} cannot be imported: {error}", hint=f"it needs {error.name}") from None
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise CannotStart(f"{name} cannot be imported: {said}", hint=f'try: python -c "import {name}"') from None


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    """The package, and its public modules that are loaded; of a package that loads none, those one level down."""
    yield package
    if not _loaded(package):
        for found in pkgutil.iter_modules(getattr(package, "__path__", ())):
            if not found.name.startswith("_") and found.name not in NOT_LOOKED_INTO:
                with contextlib.suppress(Exception, SystemExit), contextlib.redirect_stdout(sys.stderr):
                    importlib.import_module(f"{package.__name__}.{found.name}")
    yield from _loaded(package)


def _loaded(package: ModuleType) -> list[ModuleType]:
    inside = f"{package.__name__}."
    return [
        module
        for name, module in sorted(sys.modules.items())
        if name.startswith(inside) and isinstance(module, ModuleType) and _is_public(name.removeprefix(inside))
    ]


def _is_public(path: str) -> bool:
    return not any(part.startswith("_") or part in NOT_LOOKED_INTO for part in path.split("."))


def _commands(distribution: str) -> tuple[str, ...]:
    if not distribution:
        return ()
    points = metadata.distribution(distribution).entry_points
    return tuple(sorted(point.name for point in points if point.group == "console_scripts"))


def _told(name: str, distribution: str, package: ModuleType) -> tuple[str, str]:
    top = name.partition(".")[0]
    for ours in LIBRARIES:
        if ours.imports == top:
            return "trivet", f"{ours.covers}; a rule file takes the place of these rules"
    theirs = contrib.installed()
    for known in (distribution, top):
        if known in theirs:
            instrumentation, refusal = theirs[known]
            return ("nobody" if refusal else "contrib"), f"{instrumentation} is installed{refusal and f'; {refusal}'}"
    own = _own_telemetry(package)
    if own:
        return "itself", f"{own} speaks OpenTelemetry; it may have to be switched on"
    return "nobody", f"or {contrib.advice(distribution)}" if distribution in contrib.PACKAGES else ""


def _own_telemetry(package: ModuleType) -> str:
    """The first of its files that imports OpenTelemetry."""
    for root in map(Path, getattr(package, "__path__", ())):
        for _, path in zip(range(MOST_SOURCES), sorted(root.rglob("*.py")), strict=False):
            with contextlib.suppress(OSError):
                if b"opentelemetry" in path.read_bytes():
                    return str(path.relative_to(root.parent))
    return ""
