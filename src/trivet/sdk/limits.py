"""How much one span may hold: the standard `OTEL_*_LIMIT` variables and their defaults.

Source: OpenTelemetry specification, *SDK environment variables*, attribute, span, event and link limits. An empty
variable means no limit.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

COUNT = 128


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. Counts are of attributes, events and links; lengths of characters or bytes in one value."""

    span_attributes: int | None = COUNT
    span_attribute_length: int | None = None
    events: int | None = COUNT
    event_attributes: int | None = COUNT
    links: int | None = COUNT
    link_attributes: int | None = COUNT
    attribute_length: int | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Raises ValueError for what is no non-negative number."""
        count = _limit(environ, "OTEL_ATTRIBUTE_COUNT_LIMIT", COUNT)
        length = _limit(environ, "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", None)
        return cls(
            span_attributes=_limit(environ, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", count),
            span_attribute_length=_limit(environ, "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", length),
            events=_limit(environ, "OTEL_SPAN_EVENT_COUNT_LIMIT", COUNT),
            event_attributes=_limit(environ, "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", count),
            links=_limit(environ, "OTEL_SPAN_LINK_COUNT_LIMIT", COUNT),
            link_attributes=_limit(environ, "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", count),
            attribute_length=length,
        )


def _limit(environ: Mapping[str, str], name: str, default: int | None) -> int | None:
    text = environ.get(name)
    if text is None:
        return default
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise ValueError(f"{name} must be a non-negative number, not {text!r}")
    return int(text)
