"""What programs do, told without a line in them: the libraries that they use are wrapped as they are imported.

A rule says in a few lines which call becomes a span (`kit.Wrap`); `rules/` has one file a library, `catalogue.py` the
list of them. `start` touches only what is imported already; the rest follows when it is.
"""

from collections.abc import Iterator
from typing import Any

from trivet.instrument.catalogue import Covered, coverage, instrument
from trivet.instrument.depth import DEPTHS

__all__ = ["nobody_tells_of", "start"]


def start(tracers: Any, meters: Any = None, rules: str = "", queue_depth: bool = True) -> None:
    """Instrument with these providers of OpenTelemetry, and with the rule files that `rules` names beside our own.

    Once for a process; `catalogue.restore` undoes it.
    """
    DEPTHS.begin(meters if queue_depth else None)
    instrument(tracers, meters, rules)


def nobody_tells_of() -> Iterator[Covered]:
    """What is installed here and worth a word; reading all packages' names takes a tenth of a second."""
    return (each for each in coverage() if each.by == "nobody")
