"""Our errors in OTLP's words: `google.rpc.Status`, with RetryInfo where a sender should come again.

The one table of what an error becomes for senders. Source: opentelemetry.io, "OTLP specification", Failures and
Throttling.
"""

import math
from typing import Final

import grpc
from google.protobuf import json_format
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from trivet.errors import (
    Full,
    Invalid,
    NotAllowed,
    Quota,
    TooLarge,
    TrivetError,
    Unauthenticated,
    Unavailable,
    Unsupported,
)

CODES: Final[dict[type[TrivetError], grpc.StatusCode]] = {
    Invalid: grpc.StatusCode.INVALID_ARGUMENT,
    Unsupported: grpc.StatusCode.INVALID_ARGUMENT,
    Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    NotAllowed: grpc.StatusCode.PERMISSION_DENIED,
    TooLarge: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Quota: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Full: grpc.StatusCode.UNAVAILABLE,
    Unavailable: grpc.StatusCode.UNAVAILABLE,
}
DEFAULT_RETRY_AFTER: Final = 1.0


def code_of(error: TrivetError) -> grpc.StatusCode:
    known = (CODES[kind] for kind in type(error).__mro__ if kind in CODES)
    return next(known, grpc.StatusCode.INTERNAL)


def retry_after(error: TrivetError) -> float | None:
    """Seconds until it is worth another try; None when it never is, as for a body that stays too large."""
    if isinstance(error, Full | Quota | Unavailable):
        return error.retry_after or DEFAULT_RETRY_AFTER
    return None


def retry_after_header(error: TrivetError) -> bytes | None:
    """The same in whole seconds, as HTTP wants it."""
    seconds = retry_after(error)
    return None if seconds is None else b"%d" % math.ceil(seconds)


def status_of(error: TrivetError) -> Status:
    message = f"{error.message}; {error.hint}" if error.hint else error.message
    status = Status(code=code_of(error).value[0], message=message)
    seconds = retry_after(error)
    if seconds is not None:
        info = RetryInfo()
        info.retry_delay.FromNanoseconds(int(seconds * 1e9))
        status.details.add().Pack(info)
    return status


def as_json(status: Status) -> bytes:
    return json_format.MessageToJson(status, indent=None).encode()
