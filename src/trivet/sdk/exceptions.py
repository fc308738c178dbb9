"""An exception as attributes, by OpenTelemetry's names; an exception that cannot even be printed is described too."""

import traceback


def describe(exception: BaseException) -> dict[str, str]:
    kind = type(exception)
    name = kind.__qualname__ if kind.__module__ in ("builtins", None) else f"{kind.__module__}.{kind.__qualname__}"
    return {
        "exception.type": name,
        "exception.message": message(exception),
        "exception.stacktrace": _stacktrace(exception),
    }


def message(exception: BaseException) -> str:
    try:
        return str(exception)
    except Exception:
        return f"<{type(exception).__name__} has no text>"


def _stacktrace(exception: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(exception))
    except Exception:
        return f"<no stack: {type(exception).__name__} cannot be formatted>"
