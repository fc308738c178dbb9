"""A typed function as a call of the API.

`Call("GET", "/api/traces/{trace_id}", whole)` reads the parameters of `whole` (a msgspec Struct: from path and query,
or from a JSON body), awaits it, and encodes what it returns. The same annotations make the OpenAPI document. When the
caller goes away the function is cancelled, and with it its statements in the engine.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import Struct
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from trivet.errors import Invalid, TooLarge, TrivetError
from trivet.query.filter.kinds import nearest
from trivet.query.reading import READING, Reading
from trivet.serve.answering import GONE, Told, UnderWay, Work, wants_events, whole
from trivet.serve.kept import Kept, Question
from trivet.serve.problems import WrongMethod, refusal
from trivet.serve.slots import Slots

MOST_BODY = 1024 * 1024


@dataclass(frozen=True)
class Desk:
    """What all calls answer with."""

    slots: Slots
    under_way: UnderWay
    kept: Kept


@dataclass(frozen=True)
class Call:
    """`answer` takes one Struct of parameters (or nothing) and returns a Struct.

    `progress`: takes long at times, so that a caller may ask to be told. `kept`: a question of a person's, which is
    kept under this word. A POST is also answered as GET with its body in the parameter `body`: its link.
    """

    method: str
    path: str
    answer: Callable[..., Awaitable[Any]]
    progress: bool = False
    kept: str = ""

    @property
    def name(self) -> str:
        return self.answer.__name__

    @cached_property
    def asked(self) -> type[Struct] | None:
        """The type of the parameters."""
        return next((kind for name, kind in get_type_hints(self.answer).items() if name != "return"), None)

    @cached_property
    def answered(self) -> type:
        return get_type_hints(self.answer)["return"]

    def route(self, desk: Desk) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                asked = await self._read(request)
                reading = Reading()
                work = Work(request, partial(self._answer, request, asked, reading, desk.kept), reading)
                if self.progress and wants_events(request):
                    return Told(work, desk.slots, desk.under_way)
                return await whole(work, desk.slots)
            except ClientDisconnect:
                return GONE
            except TrivetError as error:
                return refusal(error)

        path = self.path.replace("{name}", "{name:path}")  # a name may have slashes, or be empty
        return Route(path, endpoint, methods=sorted({self.method, "GET"}), name=self.name)

    async def _answer(self, request: Request, asked: Struct | None, reading: Reading, kept: Kept) -> Any:
        """The answer; what the question read is counted, and the question is kept."""
        READING.set(reading)
        answering = self.answer() if asked is None else self.answer(asked)
        if not (self.kept and asked is not None):
            return await answering
        question = Question(self.kept, self.method, self.path, request, asked, reading)
        return await kept.keeping(question, answering)

    async def _read(self, request: Request) -> Struct | None:
        if self.asked is None:
            return None
        try:
            if self.method == "POST":
                return msgspec.json.decode(await self._body(request), type=self.asked)
            given = dict(request.query_params) | request.path_params
            refuse_unknown(given, self.asked)
            return msgspec.convert(given, self.asked, strict=False)
        except msgspec.ValidationError as error:
            raise _said(error, self.asked) from None
        except msgspec.DecodeError as error:
            raise Invalid(f"the body is not JSON: {error}", code="bad_json") from None
        except UnicodeDecodeError:
            raise Invalid("the body is not JSON: it is not UTF-8", code="bad_json") from None

    async def _body(self, request: Request) -> bytes | str:
        if request.method == "POST":
            return await body(request)
        if "body" not in request.query_params:
            raise WrongMethod(f"{self.path} wants POST", hint="or its JSON as the parameter body")
        return request.query_params["body"]


async def body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BODY:
            raise TooLarge(f"the body is larger than {MOST_BODY} bytes")
        parts.append(part)
    return b"".join(parts)


_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_MISSING = re.compile(r"Object missing required field `(.*)`")


def _said(error: msgspec.ValidationError, asked: type[Struct]) -> Invalid:
    """msgspec's words in ours: ``Expected `int`, got `str` - at `$.limit` ``."""
    message, _, place = str(error).partition(" - at `$")
    path = [part for part in place.strip("`").split(".") if part]
    within = _type_at(asked, path[:-1] if not message.startswith("Object") else path)
    if strange := _UNKNOWN.match(message):
        return _unknown(strange[1], within)
    if missing := _MISSING.match(message):
        return Invalid(f"{'.'.join([*path, missing[1]])} is missing", code="bad_parameter")
    name, words = ".".join(path), f"{message[0].lower()}{message[1:]}"
    choices = get_args(get_type_hints(within).get(path[-1])) if within and path else ()
    hint = f"one of {', '.join(choices)}" if choices and all(isinstance(each, str) for each in choices) else None
    return Invalid(f"{name}: {words}" if name else words, code="bad_parameter", hint=hint)


def refuse_unknown(given: Iterable[str], asked: type[Struct]) -> None:
    """Invalid for the first parameter that `asked` does not have."""
    known = [field.encode_name for field in msgspec.structs.fields(asked)]
    if strange := next((name for name in given if name not in known), None):
        raise _unknown(strange, asked)


def _unknown(name: str, asked: type[Struct] | None) -> Invalid:
    known = [field.encode_name for field in msgspec.structs.fields(asked)] if asked else []
    hint = nearest(name, known) or (f"one of {', '.join(known)}" if known else None)
    return Invalid(f"there is no parameter {name[:60]!r}", code="bad_parameter", hint=hint)


def _type_at(asked: type[Struct], path: Sequence[str]) -> type[Struct] | None:
    """The type of the object at a path of names."""
    at: Any = asked
    for name in path:
        hints = get_type_hints(at) if isinstance(at, type) and issubclass(at, Struct) else {}
        options = [each for each in (hints.get(name), *get_args(hints.get(name))) if isinstance(each, type)]
        at = next((each for each in options if issubclass(each, Struct)), None)
    return at
