"""Trivet: traces, metrics and logs through one call, to one endpoint, on one page.

`trivet.start()` is all that an app needs; the rest of its API is here too, and is loaded when it is first used:
`import trivet` alone imports nothing.
"""

from trivet.version import __version__

TYPE_CHECKING = False  # `typing` itself would be most of this import's time
if TYPE_CHECKING:
    from trivet.sdk.api import counter, flush, gauge, histogram, log, set, shutdown, span, start, wide

__all__ = [
    "__version__", "counter", "flush", "gauge", "histogram", "log", "set", "shutdown", "span", "start", "wide",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'trivet' has no attribute {name!r}")
    from trivet.sdk import api

    globals()[name] = value = getattr(api, name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
