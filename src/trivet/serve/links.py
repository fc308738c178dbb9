"""How a question is said in a line, and the address that asks it again: of a page where one shows it, else of the API.

Ranges are written as instants, so that a link shows the same data tomorrow.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from trivet.errors import Invalid
from trivet.query.instant import LATEST, NS, Range
from trivet.serve.asked import Within

Json = Mapping[str, Any]

MS = 10**6

# A browser's address may be longer; what is, is no link to hand on.
LONGEST_LINK = 8192
# Not part of what was asked, or said elsewhere.
UNSAID = {"start", "end", "step", "time", "cursor", "limit", "max_spans", "facts"}
# What needs no name in front of it.
PLAIN = ({"filter"}, {"query"}, {"trace_id"}, set())


def settled(asked: Struct) -> dict[str, Any]:
    """The parameters without what is left to the defaults, and with every range as instants."""
    said = {}
    for each in msgspec.structs.fields(type(asked)):
        value = getattr(asked, each.name)
        if isinstance(value, Struct):
            said[each.encode_name] = settled(value)
        elif each.required or (value and value != each.default):
            said[each.encode_name] = msgspec.to_builtins(value)
    within = range_of(asked)
    return said | ({"start": str(within.start), "end": str(within.end)} if within else {})


def range_of(asked: Struct) -> Range | None:
    """The range of the question; None for one that is not about a time."""
    if not isinstance(asked, Within) or getattr(asked, "trace_id", None):
        return None
    try:
        return asked.range()
    except Invalid:
        return None


def text_of(said: Json) -> str:
    """A filter, a statement or a trace's id as it is; anything else as JSON."""
    rest = {name: value for name, value in said.items() if name not in UNSAID and name != "order"}
    if set(rest) in PLAIN:
        return str(next(iter(rest.values()), ""))
    return msgspec.json.encode(rest | _pick(said, "order")).decode()


def link_of(kept: str, method: str, path: str, said: Json) -> str:
    """ "" when it would be too long."""
    page = PAGES.get(kept)
    link = (page(said) if page else "") or _api(method, path, said)
    return link if len(link) <= LONGEST_LINK else ""


def _api(method: str, path: str, said: Json) -> str:
    if method == "POST":
        return f"{path}?{urlencode({'body': msgspec.json.encode(said).decode()})}"
    for name in [name for name in said if f"{{{name}}}" in path]:
        path = path.replace(f"{{{name}}}", quote(str(said[name]), safe=""))
        said = {other: value for other, value in said.items() if other != name}
    return f"{path}?{urlencode(said)}" if said else path


def _page(path: str, said: Json, **params: str | None) -> str:
    given = {name: value for name, value in params.items() if value} | _range(said)
    return f"{path}?{urlencode(given)}" if given else path


def _range(said: Json) -> dict[str, str]:
    """As the pages' addresses hold it: `2026-11-26T12:00:00.000Z..2026-11-26T13:00:00.000Z`."""
    if "start" not in said:
        return {}
    start, end = int(said["start"]), min(int(said["end"]) + MS - 1, LATEST)
    return {"range": f"{_moment(start)}..{_moment(end)}"}


def _moment(ns: int) -> str:
    return f"{datetime.fromtimestamp(ns // NS, UTC):%Y-%m-%dT%H:%M:%S}.{ns // MS % 1000:03d}Z"


def _pick(said: Json, *names: str) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}


def _traces(said: Json) -> str:
    return _page("/traces", said, **_pick(said, "filter", "order"))


def _logs(said: Json) -> str:
    return _page("/logs", said, **_pick(said, "filter"))


def _trace(said: Json) -> str:
    return f"/traces/{quote(said['trace_id'], safe='')}"


def _sql(said: Json) -> str:
    return _page("/sql", {}, query=said["query"])


def _flame(said: Json) -> str:
    return _page("/explore", said, view="flame", **_pick(said, "filter", "focus"))


def _query(said: Json) -> str:
    if said.get("signal") == "metrics":
        return _metric(said)
    lists = {"calculate": ",".join(said.get("calculate", ())), "group": ",".join(said.get("group_by", ())) or "-"}
    view = "heatmap" if "heatmap" in said else "lines"
    return _page("/explore", said, view=view, **lists, **_pick(said, "signal", "filter", "every"))


def _metric(said: Json) -> str:
    lists = {"calculate": ",".join(said.get("calculate", ())), "group": ",".join(said.get("group_by", ()))}
    return _page("/metrics-explorer", said, metric=said["metric"], **lists, **_pick(said, "filter"))


def _diff(said: Json) -> str:
    """ "" unless both sides are traces: the page takes a filter's range from the trace."""
    a, b = (said[side].get("trace_id") for side in ("a", "b"))
    return f"/traces/{quote(b, safe='')}?view=compare&with={quote(a, safe='')}" if a and b else ""


PAGES = {
    "traces": _traces,
    "logs": _logs,
    "trace": _trace,
    "sql": _sql,
    "flame": _flame,
    "query": _query,
    "diff": _diff,
}
