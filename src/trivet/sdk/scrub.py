"""Secrets, replaced by `[scrubbed]` before anything is sent.

By name: attributes whose name says password, token, cookie and the like lose their value. By look: bearer tokens,
JWTs, cloud keys, private keys, passwords in URLs, `password=…` in any text, card numbers (those that pass Luhn's
check), and the literals of SQL statements. This runs on the sending thread; texts that were found clean are
remembered, because most come again.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

GONE = "[scrubbed]"
SHORT = 12  # characters below which no text can hold what we look for
REMEMBERED = 4096  # clean texts
LONG = 262_144  # characters of one text that are looked at; the rest of a longer one is cut off

SECRET_WORDS = frozenset(
    ("password", "passwd", "passphrase", "pwd", "secret", "secrets", "token", "authorization", "cookie", "credential",
     "credentials", "apikey", "jwt", "csrf", "xsrf", "cvv", "cvc", "ssn")
)  # fmt: skip
SECRET_PAIRS = frozenset(
    {("api", "key"), ("access", "key"), ("private", "key"), ("secret", "key"), ("account", "key"), ("card", "number")}
)
# `token_count` and `token.type` are about tokens and hold none.
HARMLESS_AFTER = frozenset(("count", "counts", "type", "limit", "limits", "usage", "length", "expiry", "expires"))
SQL_KEYS = frozenset({"db.query.text", "db.statement"})

NAME = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|token(?!s\b|ize|_count|_type)|api[_-]?key|authorization|credentials?"
    r"|(?:access|account|private)[_-]?key|signature|\bsig)"
)
# One cheap look at each text, in lower case, before the rules.
TRIGGER = re.compile(
    r"passw|passp|pwd|secret|token|api.?key|(?:access|account|private).?key|authoriz|credential|signature|sig="
    r"|bearer|basic |eyj|akia|asia|gh[pousr]_|github_pat|xox|sk_|rk_|aiza|glpat|://[^/\s]*@"
    r"|[3-6]\d{3}[ -]?\d{4}[ -]?\d{2}"
)
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S), GONE),
    (re.compile(r"(://)[^/\s:@]*:[^/\s@]+@"), rf"\1{GONE}@"),
    (re.compile(r"\b(bearer|basic)(\s+)[\w.~+/=-]{8,}", re.I), rf"\1\2{GONE}"),
    (re.compile(r"\beyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)?"), GONE),
    (
        re.compile(
            r"\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_\w{30,}|github_pat_\w{20,}|xox[abeprs]-[\w-]{10,}"
            r"|[sr]k_(?:live|test)_\w{10,}|AIza[\w-]{30,}|glpat-[\w-]{16,})"
        ),
        GONE,
    ),
    (re.compile(rf"""([\w.-]*{NAME}[\w-]*["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s"'&,;}})\]]+)""", re.I), rf"\1{GONE}"),
)
CARD = re.compile(r"(?<![\w.-])[3-6]\d{3}[ -]?\d{4}[ -]?\d{2,4}[ -]?\d{2,4}\d?(?![\w.-])")
# Quoted names and comments are matched to be left alone, as are parameters and numbers inside names.
SQL_LITERAL = re.compile(
    r"""(?P<kept>"[^"]*"|`[^`]*`|--[^\n]*|/\*.*?\*/)|'(?:[^'\\]|''|\\.)*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"""
    r"""|(?<![\w$.:%@])-?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])""",
    re.S,
)

Scrub = Callable[[Any], Any]


class Scrubber:
    """`also` names more attributes, `*` matching anything; a name after `-` is left alone."""

    def __init__(self, also: Iterable[str] = ()):
        names = [name.strip().lower() for name in also if name.strip()]
        self._also = [name for name in names if not name.startswith("-")]
        self._never = [name[1:] for name in names if name.startswith("-")]
        self._clean: set[str] = set()
        self._statements: dict[str, str] = {}

    def of(self, key: str) -> tuple[Scrub, int]:
        """What this attribute's values go through, and the length from which texts do; of "": texts without a name."""
        lower = key.lower()
        if any(fnmatchcase(lower, pattern) for pattern in self._never):
            return _left, sys.maxsize
        if is_secret(key) or any(fnmatchcase(lower, pattern) for pattern in self._also):
            return _gone, 0
        return (self.statement, 1) if lower in SQL_KEYS else (self.value, SHORT)

    def value(self, value: Any) -> Any:
        if type(value) is str:
            return value if len(value) < SHORT or value in self._clean else self.text(value)
        if isinstance(value, tuple | list):
            return tuple(self.value(item) for item in value)
        if isinstance(value, Mapping):
            return {key: self._named(key, item) for key, item in value.items()}
        return value

    def _named(self, key: Any, value: Any) -> Any:
        scrub, _ = self.of(str(key))
        return scrub(value)

    def text(self, text: str) -> str:
        if len(text) > LONG:
            text = f"{text[:LONG]}…"
        if TRIGGER.search(text.lower()) is None:
            return self._remember(text)
        scrubbed = text
        for pattern, replacement in RULES:
            scrubbed = pattern.sub(replacement, scrubbed)
        scrubbed = CARD.sub(_card, scrubbed)
        return scrubbed if scrubbed != text else self._remember(text)

    def _remember(self, text: str) -> str:
        if len(self._clean) >= REMEMBERED:
            self._clean.clear()
        if len(text) <= 512:
            self._clean.add(text)
        return text

    def statement(self, value: Any) -> Any:
        if type(value) is not str:
            return self.value(value)
        scrubbed = self._statements.get(value)
        if scrubbed is None:
            scrubbed = self.text(SQL_LITERAL.sub(_literal, value[:LONG]))
            if len(self._statements) >= REMEMBERED // 8:
                self._statements.clear()
            self._statements[value] = scrubbed
        return scrubbed


def is_secret(key: str) -> bool:
    """Whether an attribute of this name holds a secret: `db.password`, `xApiKey`, `http.request.header.cookie`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key)
    words = re.findall(r"[a-z0-9]+", spaced.lower())
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if (word in SECRET_WORDS and following not in HARMLESS_AFTER) or (word, following) in SECRET_PAIRS:
            return True
    return False


def _left(value: Any) -> Any:
    return value


def _gone(value: Any) -> Any:
    """Whether there is a password is no secret."""
    return value if value is None or isinstance(value, bool) else GONE


def _literal(match: re.Match[str]) -> str:
    return match["kept"] or "?"


def _card(match: re.Match[str]) -> str:
    digits = [int(character) for character in match[0] if character.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    valid = 13 <= len(digits) <= 19 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
    return GONE if valid else match[0]
