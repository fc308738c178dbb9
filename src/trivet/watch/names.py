"""What the span behind a lock is called: `migrate › copy_accounts`, asked of the server that shows it."""

import json
import os
import time
import urllib.request
from collections.abc import Mapping
from typing import Any

from trivet.watch.waits import Session, SpanAddress

ASK_SECONDS = 5.0
AGAIN_SECONDS = 2.0  # a name that could not be had is asked for again after this
MOST = 1000  # names kept


class Names:
    """`url` is Trivet's; any other OTLP endpoint knows no names, and the session's own is used."""

    def __init__(self, url: str, environ: Mapping[str, str] = os.environ):
        self._url = url.rstrip("/")
        token = environ.get("TRIVET_READ_TOKEN") or environ.get("TRIVET_TOKEN")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._known: dict[SpanAddress, str] = {}
        self._failed: dict[SpanAddress, float] = {}

    def of(self, session: Session) -> str:
        address = session.span
        if address is None:
            return session.name
        if address not in self._known and time.monotonic() > self._failed.get(address, 0.0):
            self._ask(address)
        return self._known.get(address, session.name)

    def _ask(self, address: SpanAddress) -> None:
        if len(self._known) + len(self._failed) > MOST:
            self._known.clear()
            self._failed.clear()
        request = urllib.request.Request(f"{self._url}/api/traces/{address.trace_id}", headers=self._headers)
        try:
            with urllib.request.urlopen(request, timeout=ASK_SECONDS) as answer:
                name = span_name(json.load(answer), address.span_id)
        except (OSError, ValueError):  # not there, not ours, not JSON
            name = ""
        if name:
            self._known[address] = name
        else:
            self._failed[address] = time.monotonic() + AGAIN_SECONDS


def span_name(trace: Mapping[str, Any], span_id: str) -> str:
    """The service, and the nearest span around the statement that is the program's own; '' where there is none."""
    spans = {span["span_id"]: span for span in trace.get("spans", ())}
    span = spans.get(span_id)
    if span is None:
        return ""
    around = span
    while around["kind"] == "client" and around["parent_span_id"] in spans:
        around = spans[around["parent_span_id"]]
    return f"{around['service']} › {around['name']}"
