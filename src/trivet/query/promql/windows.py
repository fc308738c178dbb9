"""Functions over the samples of a stretch of time, in Python: for what has no function in the engine, for histograms
and for subqueries. The same figures as Prometheus': https://prometheus.io/docs/prometheus/latest/querying/functions/
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from trivet.query.promql.native import Histogram, total
from trivet.query.promql.samples import Sample

# A series whose first or last sample is nearer to the window's edge than this many mean distances is taken to reach it.
REACHES = 1.1


class Window(NamedTuple):
    """The samples in (end - length, end], at least one; milliseconds. `parameters`: the function's other
    arguments; `falls`: where a counter began anew, for COUNTERS."""

    times: Sequence[int]
    values: Sequence[Sample]
    end: int
    length: int
    parameters: Sequence[float] = ()
    falls: Sequence[int] = ()


Over = Callable[[Window], Sample | None]


def _extrapolated(window: Window, *, counter: bool, rate: bool) -> Sample | None:
    """The difference between last and first, carried on to the window's edges."""
    times, values = window.times, window.values
    if len(values) < 2:
        return None
    grown = _grown(window, counter)
    if grown is None:
        return None
    sampled = (times[-1] - times[0]) / 1000
    if not sampled:
        return None
    mean = sampled / (len(times) - 1)
    before = (times[0] - (window.end - window.length)) / 1000
    after = (window.end - times[-1]) / 1000
    before = before if before < mean * REACHES else mean / 2
    after = after if after < mean * REACHES else mean / 2
    if counter:
        before = min(before, _since_zero(values[0], grown, sampled))
    factor = (sampled + before + after) / sampled
    return grown * (factor / (window.length / 1000) if rate else factor)


def _grown(window: Window, counter: bool) -> Sample | None:
    """The last less the first; of a counter with what it had before it began anew."""
    values = window.values
    histograms = sum(isinstance(each, Histogram) for each in values)
    if histograms not in (0, len(values)):
        return None
    grown = values[-1] - values[0]
    if counter:
        for place in window.falls:
            grown = grown + values[place - 1]
    return grown


def falls(values: Sequence[Sample]) -> list[int]:
    """The places of samples that cannot have grown out of the one before; looked for once, not in every window."""
    return [place for place, (one, two) in enumerate(pairwise(values), 1) if _fell(one, two)]


def _since_zero(first: Sample, grown: Sample, sampled: float) -> float:
    """How long ago the counter was 0, at this rate: it is not carried on beyond that."""
    if isinstance(first, Histogram):
        return _since_zero(first.count, grown.count, sampled)
    return sampled * (first / grown) if grown > 0 and first >= 0 else math.inf


def _instant(window: Window, *, rate: bool) -> Sample | None:
    """Between the last two samples."""
    if len(window.values) < 2:
        return None
    one, two = window.values[-2:]
    if isinstance(one, Histogram) is not isinstance(two, Histogram):
        return None
    grown = two
    if not (rate and (two.less_than(one) if isinstance(two, Histogram) else two < one)):
        grown = two - one
    seconds = (window.times[-1] - window.times[-2]) / 1000
    if not seconds:
        return None
    return grown * (1 / seconds) if rate else grown


def _numbers(function: Callable[[list[float], Window], float | None]) -> Over:
    """Of the numbers in the window; None where there are only histograms."""

    def over(window: Window) -> float | None:
        numbers = [value for value in window.values if not isinstance(value, Histogram)]
        return function(numbers, window) if numbers else None

    return over


def _sum(window: Window) -> Sample | None:
    if isinstance(window.values[0], Histogram):
        return total(each for each in window.values if isinstance(each, Histogram))
    return exact_sum([each for each in window.values if not isinstance(each, Histogram)])


def _mean(window: Window) -> Sample | None:
    whole = _sum(window)
    return (
        None
        if whole is None
        else whole * (1 / len(window.values))
        if isinstance(whole, Histogram)
        else _ratio(whole, len(window.values))
    )


def _ratio(whole: float, count: int) -> float:
    return whole / count


def exact_sum(values: Sequence[float]) -> float:
    """Without the error of adding small to large."""
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):  # beyond a double on the way, or infinities of both signs
        return sum(values)


def least(values: Sequence[float]) -> float:
    known = [value for value in values if value == value]
    return min(known) if known else math.nan


def most(values: Sequence[float]) -> float:
    known = [value for value in values if value == value]
    return max(known) if known else math.nan


def variance(values: Sequence[float]) -> float:
    mean = exact_sum(values) / len(values)
    return exact_sum([(value - mean) * (value - mean) for value in values]) / len(values)


def quantile(level: float, values: Sequence[float]) -> float:
    """Between the two nearest ranks."""
    if not values or math.isnan(level):
        return math.nan
    if not 0 <= level <= 1:
        return math.copysign(math.inf, level)
    ordered = sorted(values, key=lambda value: (value == value, value))
    rank = level * (len(ordered) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    weight = rank - low
    return ordered[low] * (1 - weight) + ordered[high] * weight


def _mad(values: list[float], _: Window) -> float:
    middle = quantile(0.5, values)
    return quantile(0.5, [abs(value - middle) for value in values])


def _resets(window: Window) -> float:
    return float(sum(_fell(one, two) for one, two in pairwise(window.values)))


def _fell(one: Sample, two: Sample) -> bool:
    if isinstance(one, Histogram) or isinstance(two, Histogram):
        return not (isinstance(one, Histogram) and isinstance(two, Histogram)) or two.less_than(one)
    return two < one


def _changes(window: Window) -> float:
    return float(sum(one != two and (one == one or two == two) for one, two in pairwise(window.values)))


def _line(values: list[float], window: Window, origin: int) -> tuple[float, float] | None:
    """Slope per second and height at `origin`, by least squares."""
    if len(values) < 2:
        return None
    if all(value == values[0] for value in values):
        return (0.0, values[0]) if math.isfinite(values[0]) else (math.nan, math.nan)
    at = [(time - origin) / 1000 for time in window.times]
    mean_at, mean = exact_sum(at) / len(at), exact_sum(values) / len(values)
    spread = exact_sum([(each - mean_at) * (each - mean_at) for each in at])
    slope = exact_sum([(each - mean_at) * (value - mean) for each, value in zip(at, values, strict=True)]) / spread
    return slope, mean - slope * mean_at


def _derivative(values: list[float], window: Window) -> float | None:
    line = _line(values, window, window.times[0]) if len(values) == len(window.times) else None
    return None if line is None else line[0]


def _predicted(values: list[float], window: Window) -> float | None:
    line = _line(values, window, window.end) if len(values) == len(window.times) else None
    return None if line is None else line[0] * window.parameters[0] + line[1]


def _time_of(which: Callable[[Sequence[float]], float]) -> Over:
    """When a value was seen last, in seconds."""

    def over(window: Window) -> float | None:
        numbers = [(value, time) for value, time in zip(window.values, window.times, strict=True)
                   if not isinstance(value, Histogram)]  # fmt: skip
        if not numbers:
            return None
        wanted = which([value for value, _ in numbers])
        return max(time for value, time in numbers if value == wanted or wanted != wanted) / 1000

    return over


OVER: dict[str, Over] = {
    "rate": lambda window: _extrapolated(window, counter=True, rate=True),
    "increase": lambda window: _extrapolated(window, counter=True, rate=False),
    "delta": lambda window: _extrapolated(window, counter=False, rate=False),
    "irate": lambda window: _instant(window, rate=True),
    "idelta": lambda window: _instant(window, rate=False),
    "sum_over_time": _sum,
    "avg_over_time": _mean,
    "count_over_time": lambda window: float(len(window.values)),
    "present_over_time": lambda _: 1.0,
    "last_over_time": lambda window: window.values[-1],
    "first_over_time": lambda window: window.values[0],
    "min_over_time": _numbers(lambda values, _: least(values)),
    "max_over_time": _numbers(lambda values, _: most(values)),
    "stdvar_over_time": _numbers(lambda values, _: variance(values)),
    "stddev_over_time": _numbers(lambda values, _: math.sqrt(variance(values))),
    "mad_over_time": _numbers(_mad),
    "quantile_over_time": _numbers(lambda values, window: quantile(window.parameters[0], values)),
    "ts_of_min_over_time": _time_of(least),
    "ts_of_max_over_time": _time_of(most),
    "ts_of_last_over_time": lambda window: window.times[-1] / 1000,
    "changes": _changes,
    "resets": _resets,
    "deriv": _numbers(_derivative),
    "predict_linear": _numbers(_predicted),
}
COUNTERS = {"rate", "increase"}
# Those that keep the metric's name.
NAMED = {"last_over_time", "first_over_time"}
