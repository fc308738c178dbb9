"""Replaces attributes of other people's modules and classes, and puts back what was there."""

import functools
import inspect
import sys
from collections.abc import Callable
from operator import attrgetter
from types import ModuleType
from typing import Any

Wrapper = Callable[[Callable], Callable]


class Patches:
    """What has been replaced so far, to be undone in reverse."""

    def __init__(self) -> None:
        self._done: list[Callable[[], None]] = []
        self.over = False

    def wrap(self, module: ModuleType, path: str, wrapper: Wrapper) -> None:
        """`path` (`Session.send`) becomes what `wrapper` makes of it; methods of a class stay what kind they are.

        A function is replaced in all modules of its package that hold it under its name. AttributeError: this release
        of the library has no such thing.
        """
        place, _, name = path.rpartition(".")
        owner = attrgetter(place)(module) if place else module
        held = inspect.getattr_static(owner, name)
        if isinstance(held, staticmethod | classmethod):
            made: Any = type(held)(wrapper(held.__func__))
        else:
            made = wrapper(held)
        self.put(owner, name, made)
        if owner is module:
            for other in _others(module, name, held):
                self.put(other, name, made)

    def put(self, owner: Any, name: str, value: Any) -> None:
        own = vars(owner).get(name, ABSENT)
        setattr(owner, name, value)
        self._done.append(lambda: _put_back(owner, name, own, value))

    def on_undo(self, undo: Callable[[], None]) -> None:
        """For changes that are no attributes."""
        self._done.append(undo)

    def undo(self) -> None:
        """From here on nothing is to be changed with it any more."""
        self.over = True
        while self._done:
            self._done.pop()()


def _others(module: ModuleType, name: str, held: Any) -> list[ModuleType]:
    """Modules of the same package that have imported the function from here."""
    package = module.__name__.partition(".")[0]
    loaded = [each for key, each in list(sys.modules.items()) if key.partition(".")[0] == package]
    return [each for each in loaded if each is not module and getattr(each, "__dict__", {}).get(name) is held]


def _put_back(owner: Any, name: str, own: Any, value: Any) -> None:
    """Where somebody else has replaced ours since, theirs stays: it may call ours."""
    if vars(owner).get(name) is not value:
        return
    if own is ABSENT:
        delattr(owner, name)
    else:
        setattr(owner, name, own)


ABSENT = object()


def dressed(wrapper: Callable, function: Callable) -> Callable:
    """`wrapper` with the name, documentation and signature of `function`."""
    return functools.wraps(function)(_strict(wrapper, function))


def _strict(wrapper: Callable, function: Callable) -> Callable:
    """A coroutine function complains about missing arguments when it is called, not when it is awaited: uvicorn tells
    an app from a factory by that. So where all parameters must be given, ours has the very same ones."""
    if not inspect.iscoroutinefunction(wrapper):
        return wrapper
    parameters = inspect.signature(function).parameters.values()
    plain, empty = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
    if not all(each.kind is plain and each.default is empty for each in parameters):
        return wrapper
    names = ", ".join(each.name for each in parameters)
    made: dict[str, Any] = {"_the_wrapper": wrapper}
    exec(f"async def strict({names}): return await _the_wrapper({names})", made)
    return made["strict"]


def places(function: Callable) -> dict[str, int]:
    """The positions of its parameters by name; empty where it does not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return {}
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return {each.name: at for at, each in enumerate(parameters) if each.kind in positional}
