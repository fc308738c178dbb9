"""An expression, typed. Durations and times are in milliseconds, as everywhere in Prometheus."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

START, END = "start", "end"


@dataclass(frozen=True, slots=True)
class Matcher:
    """`op` is `=`, `!=`, `=~` or `!~`."""

    name: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Shift:
    """`offset` and `@`, which both may stand behind a selector or subquery."""

    offset: int = 0
    at: int | Literal["start", "end"] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Selector:
    """Series by name and labels; with `window` (ms) a range of samples of each."""

    matchers: tuple[Matcher, ...]
    shift: Shift
    window: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Subquery:
    """`expr[window:step]`; `step` None: the default."""

    inner: "Node"
    window: int
    step: int | None
    shift: Shift


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Grouping:
    """`by` these labels, or `without` them."""

    by: bool
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate:
    operator: str
    inner: "Node"
    parameter: "Node | None"
    grouping: Grouping


@dataclass(frozen=True, slots=True)
class Matching:
    """How two vectors meet: `on` these labels or ignoring them; `many` is the side of which several may match one."""

    on: bool
    labels: tuple[str, ...]
    many: Literal["left", "right"] | None
    include: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Binary:
    operator: str
    left: "Node"
    right: "Node"
    matching: Matching
    as_bool: bool


@dataclass(frozen=True, slots=True, eq=False)
class Negative:
    inner: "Node"


Node = Number | Text | Selector | Subquery | Call | Aggregate | Binary | Negative


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Subquery(inner=inner) | Negative(inner=inner):
            return (inner,)
        case Call(arguments=arguments):
            return arguments
        case Aggregate(inner=inner, parameter=parameter):
            return (inner,) if parameter is None else (parameter, inner)
        case Binary(left=left, right=right):
            return left, right
    return ()


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from walk(child)


def is_scalar(node: Node) -> bool:
    """Whether it has one value at each time and no labels; the parser has checked the rest."""
    match node:
        case Number():
            return True
        case Call(function=function):
            return function in ("scalar", "time", "pi")
        case Negative(inner=inner):
            return is_scalar(inner)
        case Binary(left=left, right=right):
            return is_scalar(left) and is_scalar(right)
    return False
