"""What the spool keeps: one accepted request."""

from dataclasses import dataclass

SIGNALS = ("traces", "metrics", "logs")


@dataclass(frozen=True, slots=True)
class Record:
    """One Export{Trace,Metrics,Logs}ServiceRequest and how it came."""

    number: int  # its place in the stream, from 1; never given twice, never given to another
    received: int  # unix ns
    tenant: str
    batch: bytes  # the sender's Trivet-Batch, or b""
    items: int  # spans, log records or metric points in it
    body: bytes  # protobuf, as it was accepted
