"""Prometheus' own HTTP API, for Grafana and people's habits: parameters in the URL or as a form, errors in its words.

https://prometheus.io/docs/prometheus/latest/querying/api/
"""

import math
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from trivet.errors import Invalid, TooExpensive, TrivetError
from trivet.query.instant import LATEST, Clock, wall_clock
from trivet.query.promql.questions import PromQuestions
from trivet.query.promql.samples import Failed, Grid
from trivet.query.reading import READING, Reading
from trivet.serve.answering import GONE, Work, whole
from trivet.serve.calls import body
from trivet.serve.kept import Kept, Question
from trivet.serve.openapi import Endpoint
from trivet.serve.problems import refusal
from trivet.serve.slots import Slots
from trivet.version import __version__

MOST_LISTED = 100_000
HOUR = 3_600_000
UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": HOUR, "d": 24 * HOUR, "w": 7 * 24 * HOUR, "y": 365 * 24 * HOUR}
LAST_TIME = LATEST // 10**6
# What we speak, for Grafana, which asks which functions it may offer.
BUILD = {
    "version": "3.0.0",
    "revision": f"trivet-{__version__}",
    "branch": "",
    "buildUser": "",
    "buildDate": "",
    "goVersion": "",
}

SLOTS = Slots()
ErrorType = Literal["bad_data", "execution", "unavailable", "internal"]
Asked = dict[str, list[str]]
Answer = Callable[["Asked", Request], Awaitable[Any]]


class QueryAsked(Struct):
    """`query`: PromQL; `time`: unix seconds or RFC 3339, by default now."""

    query: str
    time: str = ""


class RangeAsked(Struct):
    """`step`: seconds, or a duration such as 1m."""

    query: str
    start: str
    end: str
    step: str


class ExemplarsAsked(Struct):
    query: str
    start: str = ""
    end: str = ""


class LabelsAsked(Struct, rename={"match": "match[]"}):
    """`match[]`, which may come several times: series selectors."""

    match: str = ""
    start: str = ""
    end: str = ""
    limit: int = 0


class SeriesAsked(Struct, rename={"match": "match[]"}):
    match: str
    start: str = ""
    end: str = ""
    limit: int = 0


class LabelValuesAsked(LabelsAsked):
    name: str = ""


class MetadataAsked(Struct):
    metric: str = ""
    limit: int = 0


class Succeeded(Struct):
    """`data` as Prometheus' documentation has it for each endpoint."""

    data: Any
    status: Literal["success"] = "success"


class PromqlFailed(Struct, rename="camel"):
    error_type: ErrorType
    error: str
    status: Literal["error"] = "error"


class Described(NamedTuple):
    path: str
    answer: "Answer"
    asked: type | None
    summary: str
    form: bool = False


class PrometheusRoutes:
    def __init__(self, questions: PromQuestions, kept: Kept, clock: Clock = wall_clock):
        self._questions = questions
        self._kept = kept
        self._clock = clock

    def routes(self) -> list[Route]:
        return [_route(each, self._kept) for each in self._described()]

    def endpoints(self) -> list[Endpoint]:
        """Those that take a form take the same parameters there."""
        return [
            Endpoint(
                method="GET",
                path=f"/api/v1/{each.path}",
                name=f"prometheus_{each.answer.__name__}",
                summary=each.summary,
                asked=each.asked,
                answered=Succeeded,
                failed=PromqlFailed,
            )
            for each in self._described()
        ]

    def _described(self) -> list[Described]:
        return [
            Described("query", self.query, QueryAsked, "PromQL at one time (also POST, as a form)", True),
            Described("query_range", self.query_range, RangeAsked, "PromQL over time (also POST, as a form)", True),
            Described("query_exemplars", self.exemplars, ExemplarsAsked, "Exemplars of an expression's series", True),
            Described("labels", self.labels, LabelsAsked, "The names of labels", True),
            Described("series", self.series, SeriesAsked, "The series that match", True),
            Described("label/{name}/values", self.values, LabelValuesAsked, "The values of a label"),
            Described("metadata", self.metadata, MetadataAsked, "Type, help and unit of metrics"),
            Described("status/buildinfo", self.build, None, "What answers here, as Prometheus would say it"),
            Described("rules", self.rules, None, "No rules are kept in PromQL"),
            Described("alerts", self.alerts, None, "No alerts are kept in PromQL"),
        ]

    async def query(self, asked: Asked, _: Request) -> Any:
        at = _time(asked, "time", self._now())
        return await self._questions.query(_one(asked, "query"), at)

    async def query_range(self, asked: Asked, _: Request) -> Any:
        start, end, step = _time(asked, "start"), _time(asked, "end"), _step(_one(asked, "step"))
        if end < start:
            raise _bad("end", "end timestamp must not be before start time")
        return await self._questions.query_range(_one(asked, "query"), Grid(start, end, step))

    async def exemplars(self, asked: Asked, _: Request) -> Any:
        start, end = self._range(asked)
        return await self._questions.exemplars(_one(asked, "query"), start, end)

    async def labels(self, asked: Asked, _: Request) -> Any:
        return await self._questions.labels(asked.get("match[]", []), self._range(asked)[0], _limit(asked))

    async def values(self, asked: Asked, request: Request) -> Any:
        name = _unescaped(request.path_params["name"])
        return await self._questions.values(name, asked.get("match[]", []), self._range(asked)[0], _limit(asked))

    async def series(self, asked: Asked, _: Request) -> Any:
        if not asked.get("match[]"):
            raise Invalid("no match[] parameter provided")
        return await self._questions.series(asked["match[]"], self._range(asked)[0], _limit(asked))

    async def metadata(self, asked: Asked, _: Request) -> Any:
        return await self._questions.metadata(asked.get("metric", [""])[0], _limit(asked))

    async def build(self, _: Asked, __: Request) -> Any:
        return BUILD

    async def rules(self, _: Asked, __: Request) -> Any:
        """There are none in this language."""
        return {"groups": []}

    async def alerts(self, _: Asked, __: Request) -> Any:
        return {"alerts": []}

    def _now(self) -> int:
        return self._clock() // 10**6

    def _range(self, asked: Asked) -> tuple[int, int]:
        """The last hour, when not given: Prometheus would look through all it has."""
        end = _time(asked, "end", self._now())
        return _time(asked, "start", max(0, min(end, self._now()) - HOUR)), end


def _route(described: Described, kept: Kept) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            asked = await _read(request)
            reading = Reading()
            answer = partial(_succeeded, described, asked, request, reading, kept)
            return await whole(Work(request, answer, reading), SLOTS)
        except ClientDisconnect:
            return GONE
        except TrivetError as error:
            return failed(error)

    methods = ["GET", "POST"] if described.form else ["GET"]
    return Route(f"/api/v1/{described.path}", endpoint, methods=methods)


async def _succeeded(described: Described, asked: Asked, request: Request, reading: Reading, kept: Kept) -> Succeeded:
    """The answer; PromQL is kept as what people ask, lists of labels and the like are not."""
    READING.set(reading)
    if described.asked not in (QueryAsked, RangeAsked):
        return Succeeded(await described.answer(asked, request))
    first = {name: asked.get(name, [""])[0] for name in described.asked.__struct_fields__}
    question = Question("promql", "GET", request.url.path, request, described.asked(**first), reading)
    return await kept.keeping(question, _told(described.answer(asked, request)))


async def _told(answering: Awaitable[Any]) -> Succeeded:
    return Succeeded(await answering)


async def _read(request: Request) -> Asked:
    """Parameters of the URL and of a form, whatever order they come in."""
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        try:
            pairs += parse_qsl((await body(request)).decode(), keep_blank_values=True, max_num_fields=1000)
        except ValueError:
            raise Invalid("the body is not a form (application/x-www-form-urlencoded)") from None
    asked: Asked = {}
    for name, value in pairs:
        asked.setdefault(name, []).append(value)
    return asked


def failed(error: TrivetError) -> Response:
    """The error as Prometheus tells it, with the status and headers that all errors have here."""
    answer = refusal(error)
    said = f"{error.message} ({error.hint})" if error.hint else error.message
    told = msgspec.json.encode(PromqlFailed(_kind(error), said))
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(told, answer.status_code, headers)


def _kind(error: TrivetError) -> ErrorType:
    if isinstance(error, Failed | TooExpensive):
        return "execution"
    if error.status < 500:
        return "bad_data"
    return "unavailable" if error.status == 503 else "internal"


def _bad(name: str, why: str) -> Invalid:
    return Invalid(f'invalid parameter "{name}": {why}')


def _one(asked: Asked, name: str) -> str:
    values = asked.get(name, [""])
    if not values[0].strip():
        raise _bad(name, "it is missing")
    return values[0]


def _time(asked: Asked, name: str, default: int | None = None) -> int:
    """Unix seconds or RFC 3339 → milliseconds."""
    text = asked.get(name, [""])[0].strip()
    if not text and default is not None:
        return default
    try:
        at = float(text) * 1000 if _numeric(text) else _calendar(text)
    except (ValueError, OverflowError):
        raise _bad(name, f'cannot parse "{text[:40]}" to a valid timestamp') from None
    if not 0 <= at <= LAST_TIME:
        raise _bad(name, "the time is not between 1970 and 2262")
    return round(at)


def _numeric(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


def _calendar(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000


def _step(text: str) -> int:
    """Seconds or a duration such as 1m30s → milliseconds."""
    parts = re.findall(r"(\d+)(ms|[smhdwy])", text)
    if _numeric(text):
        step = float(text) * 1000
    elif parts and "".join(map("".join, parts)) == text:
        step = float(sum(int(count) * UNITS[unit] for count, unit in parts))
    else:
        raise _bad("step", f'cannot parse "{text[:40]}" to a valid duration')
    if not math.isfinite(step) or not 1 <= step <= LAST_TIME:
        raise _bad("step", "zero or negative query resolution step widths are not accepted. Try a positive integer")
    return round(step)


def _limit(asked: Asked) -> int:
    text = asked.get("limit", ["0"])[0]
    if not re.fullmatch(r"\d{1,9}", text):
        raise _bad("limit", "a whole number is wanted")
    return min(int(text) or MOST_LISTED, MOST_LISTED)


def _unescaped(name: str) -> str:
    """`U__http_2e_method` is how a name that is not classic stands in a path."""
    if not name.startswith("U__"):
        return name
    return re.sub(r"__|_([0-9a-fA-F]{1,6})_", lambda match: chr(int(match[1], 16)) if match[1] else "_", name[3:])
