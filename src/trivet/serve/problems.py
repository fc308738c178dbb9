"""Errors as the API answers them: the one mapper."""

import logging
import math

import msgspec
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trivet.errors import Invalid, TrivetError

log = logging.getLogger(__name__)


class Problem(Struct, omit_defaults=True):
    """`code` is a word of a list, `at` a column of the input."""

    code: str
    message: str
    hint: str | None = None
    at: int | None = None


class ErrorAnswer(Struct):
    error: Problem


class WrongMethod(Invalid):
    code = "wrong_method"
    status = 405


OF_STATUS = {404: "not_found"}


def problem(error: Exception) -> ErrorAnswer:
    """What is said about an error; of what we did not foresee, only that it happened."""
    if isinstance(error, TrivetError):
        return ErrorAnswer(Problem(error.code, error.message, error.hint, error.at))
    if isinstance(error, HTTPException) and error.status_code == 405:
        known = set((error.headers or {}).get("Allow", "GET").split(", ")) - {"HEAD"}
        return ErrorAnswer(
            Problem(WrongMethod.code, f"nothing answers this method here, but {', '.join(sorted(known))}")
        )
    if isinstance(error, HTTPException):
        return ErrorAnswer(Problem(OF_STATUS.get(error.status_code, "invalid"), error.detail))
    return ErrorAnswer(Problem("internal", "something went wrong on the server", "its log says what"))


def status_of(error: Exception) -> int:
    if isinstance(error, TrivetError):
        return error.status
    return error.status_code if isinstance(error, HTTPException) else 500


def refusal(error: Exception) -> Response:
    """The whole answer to an error."""
    status = status_of(error)
    if status == 500:
        log.error("a request failed", exc_info=error)
    headers = {"cache-control": "no-store"}
    if isinstance(error, HTTPException):
        headers |= error.headers or {}
    if isinstance(error, TrivetError) and error.retry_after is not None:
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after)))
    elif status in (429, 503):
        headers["retry-after"] = "1"
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return Response(msgspec.json.encode(problem(error)), status, headers, "application/json")


async def handle(_: Request, error: Exception) -> Response:
    """For Starlette: what no route caught."""
    return refusal(error)
