"""What a library lets people call: functions and methods of classes, each once, where it is defined."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any, Literal

Shape = Literal["function", "coroutine", "generator", "async generator"]
CONTAINERS = (BaseException, dict, list, tuple, str, int)  # whose methods are no calls worth a span
OF_CONTAINERS = frozenset({*dir(dict), *dir(list), *dir(set), *dir(str)})


@dataclass(slots=True)
class Offered:
    """`owner` is the class of a method, None of a function; `calls` are the names that its code uses; `exported`: the
    package itself has it, not one of its modules only."""

    module: str
    path: str
    function: FunctionType
    owner: type | None = None
    bound: Literal["", "static", "class"] = ""
    exported: bool = False
    parameters: tuple[inspect.Parameter, ...] = ()
    calls: frozenset[str] = field(default_factory=frozenset)

    @property
    def target(self) -> str:
        return f"{self.module}:{self.path}"

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def shape(self) -> Shape:
        if inspect.isasyncgenfunction(self.function):
            return "async generator"
        if inspect.iscoroutinefunction(self.function):
            return "coroutine"
        return "generator" if inspect.isgeneratorfunction(self.function) else "function"

    @property
    def is_async(self) -> bool:
        return self.shape in ("coroutine", "async generator")


def calls_of(modules: Iterable[ModuleType]) -> list[Offered]:
    modules = tuple(modules)
    package = modules[0].__name__
    found: dict[int, Offered] = {}
    for module in modules:
        for value in _public(module):
            for call in _of(value, package):
                call.exported = module is modules[0]
                found.setdefault(id(call.function), call)
    return list(found.values())


def _public(module: ModuleType) -> Iterator[Any]:
    """Some modules make their contents when they are asked for, and say in `dir` what there is."""
    for name in dir(module):
        if not name.startswith("_"):
            try:
                yield getattr(module, name)
            except Exception:  # an extra that is not installed
                continue


def _of(value: Any, package: str) -> Iterator[Offered]:
    if isinstance(value, FunctionType) and _belongs(value, package):
        yield _made(value, value.__module__, value.__name__)
    elif isinstance(value, type) and not issubclass(value, CONTAINERS):
        for owner in value.__mro__:
            if _belongs(owner, package) and "<locals>" not in owner.__qualname__:
                yield from _methods(owner)


def _belongs(value: Any, package: str) -> bool:
    module = getattr(value, "__module__", None)
    return isinstance(module, str) and f"{module}.".startswith(f"{package}.")


def _methods(owner: type) -> Iterator[Offered]:
    for name, held in vars(owner).items():
        function, bound = held, ""
        if isinstance(held, staticmethod | classmethod):
            function, bound = held.__func__, "static" if isinstance(held, staticmethod) else "class"
        if isinstance(function, FunctionType) and not name.startswith("_"):
            made = _made(function, owner.__module__, f"{owner.__qualname__}.{name}")
            made.owner, made.bound = owner, bound
            if bound != "static":
                made.parameters = made.parameters[1:]
            yield made


def _made(function: FunctionType, module: str, path: str) -> Offered:
    try:
        parameters = tuple(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = ()
    return Offered(module, path, function, parameters=parameters, calls=_used(inspect.unwrap(function)))


def _used(function: Callable) -> frozenset[str]:
    """Names that its code and the code inside of it reads: attributes, globals, methods. What dictionaries and lists
    have, too, says nothing."""
    code = getattr(function, "__code__", None)
    codes, names = [code] if code else [], set()
    while codes:
        one = codes.pop()
        names.update(one.co_names)
        codes += [const for const in one.co_consts if inspect.iscode(const)]
    return frozenset(names - OF_CONTAINERS)
