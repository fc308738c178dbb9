"""What can go wrong, in a handful of classes.

Every message is for the person who reads it: what happened, and in `hint` what to do next. One mapper at each
edge (HTTP, gRPC, the command line) turns a class into that edge's words; nothing else decides status codes.
"""


class TrivetError(Exception):
    """Base of all. `code` is the documented word of the API, `status` its HTTP status, `at` a column of the input."""

    code = "internal"
    status = 500

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        at: int | None = None,
        retry_after: float | None = None,
    ):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.at = at
        self.retry_after = retry_after
        if code:
            self.code = code


class Invalid(TrivetError):
    """The request is wrong and stays wrong when repeated."""

    code = "invalid"
    status = 400


class Unauthenticated(TrivetError):
    """No token, or one that is not ours."""

    code = "unauthenticated"
    status = 401


class NotAllowed(TrivetError):
    """A known caller, a forbidden wish."""

    code = "not_allowed"
    status = 403


class NotFound(TrivetError):
    code = "not_found"
    status = 404


class TooLarge(TrivetError):
    """Over a named limit; the message names the setting."""

    code = "too_large"
    status = 413


class Unsupported(TrivetError):
    """A content type or encoding that we do not read."""

    code = "unsupported"
    status = 415


class TooExpensive(TrivetError):
    """A question over its budget of time, memory or rows."""

    code = "too_expensive"
    status = 422


class Quota(TrivetError):
    """This caller asks too much; `retry_after` seconds later it may again."""

    code = "quota"
    status = 429


class Full(TrivetError):
    """We cannot take more just now (spool, disk, concurrency); `retry_after` seconds later we may."""

    code = "full"
    status = 503


class Unavailable(TrivetError):
    """A part that is needed is down or restarting (the engine); `retry_after` says when to ask again."""

    code = "unavailable"
    status = 503


class CannotStart(TrivetError):
    """A setting or the surroundings keep a command from starting: printed in plain words, exit status 2."""

    code = "cannot_start"
