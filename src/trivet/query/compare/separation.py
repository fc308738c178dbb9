"""How well a field tells two sets apart: by its values, by a threshold when they are numbers, by being there at all.

A share of the selection is compared with the same share of the baseline, not as counted but as it may well be: the
lower end of one's confidence interval less the upper end of the other's. What is left is a difference that chance does
not explain, so that a value seen twice proves nothing however exclusive, and ids (each value once) prove nothing at
all. A field's score adds up what is left: the part of the total variation distance between the two distributions
(https://en.wikipedia.org/wiki/Total_variation_distance_of_probability_measures) that is certain; from 0, no telling
apart, to 1, which takes large samples. For numbers it is also the largest such difference at any threshold, the certain
part of the Kolmogorov-Smirnov distance; for several values at once (those of a whole trace) the largest of any value.

The intervals are Wilson's: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927;
https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
"""

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

# Standard deviations on each side. Two intervals that just part at 3 differ by 4.2 of their common one: among the
# 100,000 values that a comparison may look at, one or two do so by chance, and then by a hair.
SURE = 3.0
MOST_BINS = 8


class Shares(NamedTuple):
    """How many of the selection and of the baseline; not whole where a trace counts in parts."""

    selection: float
    baseline: float


class Sizes(NamedTuple):
    """How many there are on each side."""

    selection: int
    baseline: int

    def shares(self, held: Shares) -> Shares:
        return Shares(_share(held.selection, self.selection), _share(held.baseline, self.baseline))

    def certain(self, held: Shares) -> float:
        """By how much more the selection has of it, whatever chance did: 0 to 1."""
        low, _ = interval(held.selection, self.selection)
        _, high = interval(held.baseline, self.baseline)
        return max(0.0, low - high)

    def without(self, held: Shares) -> Shares:
        return Shares(max(0.0, self.selection - held.selection), max(0.0, self.baseline - held.baseline))

    def difference(self, held: Shares) -> float:
        """How far the shares lie apart as counted."""
        shares = self.shares(held)
        return abs(shares.selection - shares.baseline)

    def least(self) -> Shares:
        """The smallest counts that could tell anything on either side, when the other has none."""
        return Shares(_least(self.selection, self.baseline), _least(self.baseline, self.selection))


class Bin(NamedTuple):
    """The numbers from `low` to `high`, both included."""

    low: float
    high: float
    held: Shares


def interval(held: float, size: int) -> tuple[float, float]:
    """Where the true share may well lie, for `held` of `size` (Wilson's score interval)."""
    if size <= 0:
        return 0.0, 1.0
    share, doubt = _share(held, size), SURE**2 / size
    middle = (share + doubt / 2) / (1 + doubt)
    half = SURE / (1 + doubt) * math.sqrt(share * (1 - share) / size + doubt / (4 * size))
    return max(0.0, middle - half), min(1.0, middle + half)


def by_values(sizes: Sizes, values: Iterable[Shares], present: Shares, *, exclusive: bool) -> float:
    """The score of a field by its values, and by its absence.

    `exclusive`: no member has two values, so that what is certain of each adds up.
    """
    certain = [sizes.certain(held) for held in (*values, sizes.without(present))]
    return min(1.0, math.fsum(certain)) if exclusive else max(certain)


def by_threshold(sizes: Sizes, points: Sequence[tuple[float, Shares]]) -> tuple[float, int]:
    """The score of numbers in order: the best that any threshold does, and the place of the last point below it."""
    best, at = 0.0, 0
    below = [Shares(0, 0), *_running(held for _, held in points)]
    whole = below[-1]
    for place, some in enumerate(below[1:]):
        above = Shares(whole.selection - some.selection, whole.baseline - some.baseline)
        certain = max(sizes.certain(some), sizes.certain(above))
        if certain > best:
            best, at = certain, place
    return best, at


def bins(sizes: Sizes, points: Sequence[tuple[float, Shares]], at: int) -> list[Bin]:
    """Numbers in order, in a few bins of about as many each (both sides alike); one of them ends with point `at`."""
    weights = [sum(sizes.shares(held)) for _, held in points]
    whole = math.fsum(weights)
    made: list[Bin] = []
    begun, held, weight = 0, Shares(0, 0), 0.0
    for place, (number, more) in enumerate(points):
        held = Shares(held.selection + more.selection, held.baseline + more.baseline)
        weight += weights[place]
        if weight >= whole / MOST_BINS or place in (at, len(points) - 1):
            made.append(Bin(points[begun][0], number, held))
            begun, held, weight = place + 1, Shares(0, 0), 0.0
    return made


def _running(held: Iterable[Shares]) -> Iterable[Shares]:
    return accumulate(held, lambda a, b: Shares(a.selection + b.selection, a.baseline + b.baseline))


def _share(held: float, size: int) -> float:
    return min(1.0, held / size) if size else 0.0


def _least(here: int, there: int) -> float:
    """The fewest of `here` that differ for certain from none of `there`; all of them when no number does."""
    _, high = interval(0, there)
    low, most = 1, max(1, here)
    while low < most:
        middle = (low + most) // 2
        low, most = (low, middle) if interval(middle, here)[0] > high else (middle + 1, most)
    return float(low)
