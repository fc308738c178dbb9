"""A typed function as a call of the API.

`Call("GET", "/api/traces/{trace_id}", whole)` reads the parameters of `whole` (a msgspec Struct: from path and query,
or from a JSON body), awaits it, and encodes what it returns. The same annotations make the OpenAPI document. When the
caller goes away the function is cancelled, and with it its statements in the engine.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from trivet.errors import Invalid, TooLarge, TrivetError
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

        return Route(self.path, endpoint, methods=sorted({self.method, "GET"}), name=self.name)

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
            return msgspec.convert(given, self.asked, strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(_said(error), code="bad_parameter") from None
        except msgspec.DecodeError as error:
            raise Invalid(f"the body is not JSON: {error}", code="bad_json") from None

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


def _said(error: msgspec.ValidationError) -> str:
    """msgspec's words with the parameter's name in front: ``Expected `int`, got `str` - at `$.limit` ``."""
    message, _, place = str(error).partition(" - at `$")
    name = place.strip("`.")
    return f"{name}: {message[0].lower()}{message[1:]}" if name else message
