"""What came in, in items: spans, log records and metric points, since the process started."""

from dataclasses import dataclass, field

from trivet.otlp.messages import REQUESTS


@dataclass(slots=True)
class SignalCounts:
    received: int = 0  # in requests that could be read
    rejected: int = 0  # of those, refused by the spool; and one for every request that could not be read
    acknowledged: int = 0  # durable, and said to be


@dataclass(frozen=True, slots=True)
class Counts:
    """One row a signal; the event loop writes, anybody reads."""

    signals: dict[str, SignalCounts] = field(default_factory=lambda: {signal: SignalCounts() for signal in REQUESTS})

    def of(self, signal: str) -> SignalCounts:
        return self.signals[signal]
