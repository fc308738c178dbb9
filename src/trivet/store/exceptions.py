"""ClickHouse's own errors: how they read, and which HTTP status its interface gives them."""

import re

_EXCEPTION = re.compile(r"Code: (?P<code>\d+)\. DB::(?:\w+::)*\w*Exception: ", re.DOTALL)
_NAME = re.compile(r"\(([A-Z][A-Z0-9_]+)\)(?:\s*\(version [^\n]*\))?\s*$")

UNKNOWN_EXCEPTION = 1002
LONGEST = 4000

_BAD_REQUEST = (6, 26, 27, 36, 38, 41, 43, 53, 62, 69, 70, 72, 117, 130, 131, 386, 456, 457)
_NOT_FOUND = (46, 47, 50, 56, 60, 81, 82, 115, 192)
_STATUS = (
    dict.fromkeys(_BAD_REQUEST, 400)
    | dict.fromkeys(_NOT_FOUND, 404)
    | {48: 501, 164: 500, 193: 403, 194: 401, 516: 403}
)


class EngineError(Exception):
    """ClickHouse refused or failed a statement: `code` and `name` are its own (159, `TIMEOUT_EXCEEDED`)."""

    def __init__(self, code: int, name: str, message: str):
        super().__init__(message)
        self.code = code
        self.name = name
        self.message = message

    @classmethod
    def of(cls, code: int, name: str, reason: str) -> "EngineError":
        """One of our own, worded as the engine words its."""
        return cls(code, name, f"Code: {code}. DB::Exception: {reason}. ({name})")

    @classmethod
    def read(cls, text: str, code: int | None = None) -> "EngineError":
        """From the engine's text, `… Code: 60. DB::Exception: Table … does not exist. (UNKNOWN_TABLE)`."""
        found = _EXCEPTION.search(text)
        text = text[found.start() :].strip() if found else text.strip()
        name = _NAME.search(text)
        code = code or int(found["code"] if found else UNKNOWN_EXCEPTION)
        return cls(code, name[1] if name else "UNKNOWN_EXCEPTION", _shortened(text))


def _shortened(text: str) -> str:
    """The engine quotes statements, which may hold megabytes of literals."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"


def http_status(code: int) -> int:
    return _STATUS.get(code, 500)
