"""Which spans are recorded, decided when they start.

Samplers have the shape of the official SDK's (`should_sample`, `get_description`), and its samplers work here too.
Ours say besides, in `follows_local` and `keeps_roots`, what a tracer need not ask them: that local children do as
their parent does, and that every root is kept.

By default a *remote* parent that is not sampled is ignored: a load balancer that samples one request in a hundred
must not blind us. `TRIVET_PARENT_SAMPLING=respect`, or an `OTEL_TRACES_SAMPLER`, restores OpenTelemetry's default.
"""

import enum
import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from opentelemetry.context import Context
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceState, get_current_span

from trivet.sdk.values import Attributes

logger = logging.getLogger(__name__)


class Decision(enum.Enum):
    DROP = 0
    RECORD_ONLY = 1  # processors see it, it is not sent
    RECORD_AND_SAMPLE = 2

    def is_recording(self) -> bool:
        return self is not Decision.DROP

    def is_sampled(self) -> bool:
        return self is Decision.RECORD_AND_SAMPLE


class SamplingResult(NamedTuple):
    decision: Decision
    attributes: Attributes | None = None  # those the span starts with
    trace_state: TraceState | None = None


class Sampler(Protocol):
    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes | None = None,
        links: Sequence[Link] | None = None,
    ) -> Any: ...

    def get_description(self) -> str: ...


class Always:
    """One answer for every span."""

    follows_local = False

    def __init__(self, decision: Decision):
        self.decision = decision
        self.keeps_roots = decision is Decision.RECORD_AND_SAMPLE

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes | None = None,
        links: Sequence[Link] | None = None,
    ) -> SamplingResult:
        return SamplingResult(self.decision, attributes, _parent_state(parent_context))

    def get_description(self) -> str:
        return "AlwaysOffSampler" if self.decision is Decision.DROP else "AlwaysOnSampler"


class TraceIdRatio:
    """A share of all traces, chosen by the trace id, so that every process chooses the same ones."""

    follows_local = False
    keeps_roots = False

    def __init__(self, rate: float):
        if not 0.0 <= rate <= 1.0:
            raise ValueError(f"a sampling rate is between 0 and 1, not {rate}")
        self.rate = rate
        self.bound = round(rate * 2**64)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes | None = None,
        links: Sequence[Link] | None = None,
    ) -> SamplingResult:
        kept = trace_id & 0xFFFF_FFFF_FFFF_FFFF < self.bound
        decision = Decision.RECORD_AND_SAMPLE if kept else Decision.DROP
        return SamplingResult(decision, attributes, _parent_state(parent_context))

    def get_description(self) -> str:
        return f"TraceIdRatioBased{{{self.rate}}}"


class ParentBased:
    """A span does as its parent did; roots ask `root`, and so does a remote parent's refusal when it is ignored."""

    follows_local = True

    def __init__(self, root: Sampler, ignore_remote_refusal: bool = False):
        self.root = root
        self.keeps_roots = getattr(root, "keeps_roots", False)
        self.remote_refused = root if ignore_remote_refusal else ALWAYS_OFF

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes | None = None,
        links: Sequence[Link] | None = None,
    ) -> Any:
        sampler = self._sampler_for(get_current_span(parent_context).get_span_context())
        return sampler.should_sample(parent_context, trace_id, name, kind, attributes, links)

    def _sampler_for(self, parent: SpanContext | None) -> Sampler:
        if parent is None or not parent.is_valid:
            return self.root
        if parent.trace_flags.sampled:
            return ALWAYS_ON
        return self.remote_refused if parent.is_remote else ALWAYS_OFF

    def get_description(self) -> str:
        refused = self.remote_refused.get_description()
        return f"ParentBased{{root:{self.root.get_description()},remoteParentNotSampled:{refused}}}"


def _parent_state(parent_context: Context | None) -> TraceState | None:
    parent = get_current_span(parent_context).get_span_context()
    return parent.trace_state if parent is not None and parent.is_valid else None


ALWAYS_ON = Always(Decision.RECORD_AND_SAMPLE)
ALWAYS_OFF = Always(Decision.DROP)


def from_environment(environ: Mapping[str, str] = os.environ, parent_sampling: str = "") -> Sampler:
    """`OTEL_TRACES_SAMPLER` and its argument; `parent_sampling` is `ignore`, `respect` or empty (see above)."""
    name = environ.get("OTEL_TRACES_SAMPLER", "").strip().lower()
    ignore = parent_sampling == "ignore" or (not parent_sampling and not name)
    kind, root = _named(name or "parentbased_always_on", environ)
    return ParentBased(root, ignore_remote_refusal=ignore) if kind == "parentbased" else root


def _named(name: str, environ: Mapping[str, str]) -> tuple[str, Sampler]:
    kind, _, rest = name.partition("_") if name.startswith("parentbased_") else ("", "", name)
    if rest == "traceidratio":
        return kind, TraceIdRatio(_rate(environ.get("OTEL_TRACES_SAMPLER_ARG", "")))
    if rest in ("always_on", "always_off"):
        return kind, ALWAYS_ON if rest == "always_on" else ALWAYS_OFF
    logger.warning("unknown OTEL_TRACES_SAMPLER %r: every trace is kept", name)
    return "parentbased", ALWAYS_ON


def _rate(text: str) -> float:
    try:
        rate = float(text)
        if 0.0 <= rate <= 1.0:
            return rate
    except ValueError:
        pass
    logger.warning("OTEL_TRACES_SAMPLER_ARG is no number between 0 and 1: %r; every trace is kept", text)
    return 1.0
