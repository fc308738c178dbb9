"""Where the platform freezes a process between two requests, data leaves at the end of each request.

After the answer the process may not run again for hours: so the span that a request began with takes everything
along when it ends. On Lambda that is before the handler returns, and the process waits for it, a second at most; on
Cloud Run it is after the answer, and only the sending thread is woken. What the freezing was quicker than is sent at
the next request or at SIGTERM, which these platforms send before they stop an instance.
"""

from collections.abc import Callable, Mapping

from trivet.sdk.outbox import Outbox
from trivet.sdk.span import Span

WAITS = ("AWS_LAMBDA_FUNCTION_NAME", "FUNCTIONS_WORKER_RUNTIME")
FREEZES = (*WAITS, "K_SERVICE", "FUNCTION_TARGET", "VERCEL")
LONGEST_WAIT = 1.0  # seconds that a slow endpoint may add to a request


def is_on(wish: str, environ: Mapping[str, str]) -> bool:
    """`wish` is `on`, `off`, or empty for what the platform needs."""
    return wish == "on" if wish in ("on", "off") else any(environ.get(name) for name in FREEZES)


class AfterRequest:
    """Takes ended spans, as `put` does, and sends everything on with each one that a request began with."""

    def __init__(self, put: Callable[[Span], None], outbox: Outbox, environ: Mapping[str, str]):
        self._put = put
        self._outbox = outbox
        self._waits = any(environ.get(name) for name in WAITS)

    def __call__(self, span: Span) -> None:
        self._put(span)
        if span.entry is not span:
            return
        if self._waits:
            self._outbox.flush(LONGEST_WAIT)
        else:
            self._outbox.hurry()
