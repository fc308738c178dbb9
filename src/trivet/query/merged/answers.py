"""The answers that merge traces by call path: flame graphs and differences. Times are nanoseconds."""

from msgspec import UNSET, Struct, UnsetType

from trivet.query.answers import Scanned


class FlameNode(Struct, rename={"own": "self"}):
    """All spans of one call path (or, from the bottom up, of one chain of callers); `total` and `self` are sums.

    `service` is null where a root stands for several.
    """

    service: str | None
    name: str
    count: int
    errors: int
    total: int
    own: int
    children: list["FlameNode"]


class Flame(Struct):
    """`left_out` counts the smallest call paths, which are not in the tree; from the bottom up, those next to it.
    `truncated`: more traces matched, or they have more spans than `flame_spans`. `hint` says what may be misspelt where
    nothing matches."""

    traces: int
    spans: int
    root: FlameNode
    left_out: int
    truncated: bool
    scanned: Scanned
    hint: str | UnsetType = UNSET


class DiffSide(Struct, rename={"own": "self"}):
    """One side of a call path, summed over its traces; `p50` of a span's duration, null when there is none."""

    count: int
    total: int
    own: int
    p50: int | None


class DiffNode(Struct):
    """`delta` is how much longer a trace of `b` takes here than one of `a`, on average."""

    service: str | None
    name: str
    a: DiffSide
    b: DiffSide
    delta: int
    children: list["DiffNode"]


class Explains(Struct):
    """A function's part of the difference in duration: what it has more of on the critical path, per trace."""

    service: str
    name: str
    delta: int


class SideOfDiff(Struct):
    """`duration` is the mean of the traces' roots."""

    traces: int
    spans: int
    duration: int


class Diff(Struct):
    """`explains_left_out` counts the functions beyond the limit, `left_out` the smallest call paths, which are not in
    the tree; `truncated`: more traces matched, or they have more spans than `flame_spans`."""

    a: SideOfDiff
    b: SideOfDiff
    root: DiffNode
    explains: list[Explains]
    explains_left_out: int
    left_out: int
    truncated: bool
    scanned: Scanned
