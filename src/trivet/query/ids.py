"""The form of ids as they are asked for."""

import re

from trivet.errors import Invalid

# The rows of a trace, in any table; `trace` is its id.
OF_TRACE = "trace_id = toFixedString(unhex({trace:String}), 16)"


def known_form(trace_id: str) -> str:
    """A trace id in lower case; Invalid when it cannot be one."""
    if not re.fullmatch(r"[0-9a-fA-F]{32}", trace_id):
        raise Invalid("a trace id has 32 hexadecimal digits", code="bad_id")
    return trace_id.lower()


def known_span_form(span_id: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{16}", span_id):
        raise Invalid("a span id has 16 hexadecimal digits", code="bad_id")
    return span_id.lower()
