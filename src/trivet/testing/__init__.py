"""For tests of programs that use Trivet or OpenTelemetry: what they told, and what a store makes of it.

    with trivet.testing.capture() as told:
        encode(video=7)
    told.spans.one("encode").has(video=7)
    told.logs.one("stored {n} segments").has(n=3)
    assert told.metrics.value("segments", codec="h264") == 3

Ids count from 1 and the clock moves a millisecond with each reading, so that a whole tree can be compared with a
text. The pytest plugin offers the same as the fixtures `telemetry`, `spans`, `logs` and `metrics`. `running_server` is
a whole server in this process, for assertions on what was stored; it needs the extra `trivet[server]`.
"""

from trivet.testing.capture import Capture, capture
from trivet.testing.fixed import Clock, Ids

__all__ = ["Capture", "Clock", "Ids", "capture", "running_server"]


def __getattr__(name: str) -> object:
    if name != "running_server":
        raise AttributeError(f"module 'trivet.testing' has no attribute {name!r}")
    from trivet.testing.server import running_server

    return running_server
