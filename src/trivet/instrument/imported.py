"""Call something once a module is imported: at once when it has been, after its own code has run when it will be."""

import importlib.abc
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from trivet import faults

Hook = Callable[[ModuleType], None]

_waiting: dict[str, list[Hook]] = {}


def when_imported(name: str, hook: Hook) -> None:
    module = sys.modules.get(name)
    if module is not None:
        _call(hook, module)
        return
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    _waiting.setdefault(name, []).append(hook)


def _call(hook: Hook, module: ModuleType) -> None:
    try:
        hook(module)
    except Exception as error:
        faults.swallow(error, "hook")


def _bind(name: str, module: ModuleType) -> None:
    """As an attribute of its package, which the import itself does only after us: a hook may look for it there."""
    package, _, last = name.rpartition(".")
    if package in sys.modules:
        setattr(sys.modules[package], last, module)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds nothing by itself: it lets the others find a module that is waited for, and listens to its loader."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in _waiting:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                _listen(spec.loader, name)
                return spec
        return None


def _listen(loader: Any, name: str) -> None:
    """For one import: the loader is the module's own and must look as it did afterwards."""
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module
        execute(module)
        _bind(name, module)
        for hook in _waiting.pop(name, []):
            _call(hook, module)

    try:
        loader.exec_module = exec_module
    except AttributeError:  # a loader that is a class, as frozen and built-in modules have
        pass
