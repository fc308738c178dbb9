"""One walk over the tokens of a SELECT: every call, every table and every clause is judged where it stands.

The grammar is followed only as far as it decides where a table may be named: after FROM, JOIN, IN, and after a comma
between tables. Where a word could be a keyword or a name, the walk takes the reading that allows less.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from trivet.errors import NotAllowed
from trivet.query.sql.names import (
    HIGHER_ORDER,
    NAMED_AGGREGATION,
    SYSTEM_TABLES,
    TABLE_FUNCTIONS,
    VIEWS,
    is_plain_aggregation,
    is_plain_structure,
    is_refused_value,
    may_be_called,
)
from trivet.store.lexer import HEREDOC, NAME, NUMBER, SIGN, STRING, WORD, Token

MAX_DEPTH = 100
DATABASES = {"system", "information_schema", "default"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that an operand follows: what stands behind them is never a clause.
OPERATORS = _words(
    """
    ALL AND ANY AS BETWEEN BY CASE DISTINCT DIV ELSE EXISTS FROM GLOBAL HAVING ILIKE IN INTERVAL IS JOIN LIKE LIMIT MOD
    NOT OFFSET ON OR PREWHERE QUALIFY REGEXP SELECT SOME THEN USING WHEN WHERE WITH XOR
    """
)
# Words that may stand before a bracket without being called.
KEYWORDS = OPERATORS | _words(
    """
    ASC COLUMNS CUBE DESC EXCEPT EXCLUDE FILL FILTER FINAL FIRST FOLLOWING GROUP GROUPING INTERPOLATE INTERSECT LAST
    NULLS ORDER OVER PARTITION PRECEDING RANGE RECURSIVE ROLLUP ROWS SAMPLE SETS STEP STRICT TIES TO TOTALS UNION WINDOW
    WITHIN
    """
)
CLAUSES = _words("WHERE PREWHERE GROUP HAVING ORDER LIMIT OFFSET WINDOW QUALIFY FETCH")
NO_ALIAS = CLAUSES | _words(
    """
    ALL ANTI ANY ARRAY AS ASOF CROSS EXCEPT FINAL FORMAT FULL GLOBAL INNER INTERSECT JOIN LEFT LOCAL NATURAL ON OUTER
    PASTE RIGHT SAMPLE SEMI SETTINGS UNION USING WITH
    """
)
FROM_IS_AN_ARGUMENT = {"extract", "overlay", "substr", "substring", "trim"}
SECOND_WORD = {"GROUP": ("BY",), "ORDER": ("BY",), "FETCH": ("FIRST", "NEXT")}


@dataclass
class Frame:
    """What one bracket holds: the statement itself, a subquery, the arguments of a call, a group."""

    opened: int = -1
    call: str = ""
    is_table: bool = False
    cte: str = ""  # the name that this body defines, once it is closed
    selecting: bool = False
    tables: bool = False  # between FROM and the next clause: a comma brings another table
    table_end: int = -1
    defining: bool = False  # in a list after WITH
    ctes: set[str] = field(default_factory=set)
    commas: list[int] = field(default_factory=list)


def unquoted(token: Token) -> str:
    """The name that an identifier means."""
    if token.kind == WORD:
        return token.text
    quote = token.text[0]
    return token.text[1:-1].replace(quote * 2, quote)


class Walk:
    """`check` raises NotAllowed at the first token that is too much."""

    def __init__(self, found: Sequence[Token]):
        self._tokens = found
        self._named = _named(found)
        self._frames = [Frame()]

    def check(self) -> None:
        at = 0
        while at < len(self._tokens):
            at = self._step(at)

    def _step(self, at: int) -> int:
        """Judge the token; where to go on."""
        match self._sign(at):
            case "(":
                return self._open(at)
            case "[":
                self._push(Frame(opened=at))
                return at + 1
            case ")" | "]":
                return self._close(at)
            case ",":
                return self._comma(at)
        word = self._word(at)
        if word in _KEYWORD_STEPS:
            return _KEYWORD_STEPS[word](self, at)
        if word in CLAUSES and self._begins_clause(at):
            self._frame.tables = False
        elif self._kind(at) in (WORD, NAME):
            self._value(at)
        return at + 1

    @property
    def _frame(self) -> Frame:
        return self._frames[-1]

    def _kind(self, at: int) -> str:
        return self._tokens[at].kind if 0 <= at < len(self._tokens) else ""

    def _word(self, at: int) -> str:
        """The bare word there in capitals; empty for anything else, and for a word that only names something."""
        return self._tokens[at].text.upper() if self._kind(at) == WORD and not self._named[at] else ""

    def _sign(self, at: int) -> str:
        return self._tokens[at].text if self._kind(at) == SIGN else ""

    def _refuse(self, at: int, message: str, hint: str | None = None) -> NoReturn:
        raise NotAllowed(message, at=self._tokens[min(at, len(self._tokens) - 1)].at, hint=hint)

    # brackets

    def _open(self, at: int) -> int:
        frame = Frame(opened=at, call=self._called(at), cte=self._cte_name(at))
        self._push(frame)
        return at + 1

    def _push(self, frame: Frame) -> None:
        if len(self._frames) > MAX_DEPTH:
            self._refuse(frame.opened, f"brackets more than {MAX_DEPTH} deep")
        self._frames.append(frame)

    def _called(self, at: int) -> str:
        """The name in front of the bracket, if it is called; refused unless it is harmless."""
        if not self._is_call(at):
            return ""
        name = unquoted(self._tokens[at - 1])
        if self._sign(at - 2) == "." or not may_be_called(name):
            self._refuse(at - 1, f"the function {name}() is not available here", "SELECT name FROM system.functions")
        return name.lower()

    def _close(self, at: int) -> int:
        if self._sign(self._frame.opened) + self._sign(at) not in ("()", "[]"):
            self._refuse(at, "this bracket closes none")
        frame = self._frames.pop()
        self._check_first_argument(frame, at)
        if frame.cte:
            self._frame.ctes.add(frame.cte)
        return self._alias(at + 1) if frame.is_table else at + 1

    def _check_first_argument(self, frame: Frame, closed: int) -> None:
        """Where it is more than a value: a function to call, or a string that the engine reads as SQL."""
        end = frame.commas[0] if frame.commas else closed
        first = frame.opened + 1
        alone = self._tokens[first] if end == first + 1 else None
        if frame.call in HIGHER_ORDER and frame.commas:
            self._check_lambda(frame, first, end - 1)
        if frame.call in NAMED_AGGREGATION and not (alone and is_plain_aggregation(alone.text)):
            self._refuse(first, f"{frame.call}() wants a plain name here", "such as 'sum' or 'quantile(0.9)'")
        if frame.is_table and frame.call == "values":
            is_structure = alone and alone.kind == STRING and is_plain_structure(alone.text)
            if not is_structure and not (alone and alone.kind == NUMBER):
                self._refuse(first, "values() wants plain names and types here", "such as 'a UInt8, b String'")

    def _check_lambda(self, frame: Frame, first: int, last: int) -> None:
        """A bare name there would be called: `arrayMap(file, ['/etc/passwd'])`."""
        while self._sign(first) == "(" and self._sign(last) == ")":
            first, last = first + 1, last - 1
        has_arrow = any(self._sign(at) == "->" for at in range(first, last))
        if not has_arrow and self._kind(first) != NUMBER:
            self._refuse(first, f"{frame.call}() wants a lambda here", "write x -> length(x) instead of length")

    def _comma(self, at: int) -> int:
        self._frame.commas.append(at)
        return self._table(at + 1) if self._frame.tables else at + 1

    # clauses

    def _select(self, at: int) -> int:
        frame = self._frame
        frame.selecting, frame.tables, frame.defining = True, False, False
        if self._word(at + 1) == "DISTINCT" and self._word(at + 2) == "ON":
            self._refuse(at + 1, "DISTINCT ON is not available here", "use LIMIT 1 BY")
        return at + 1

    def _with(self, at: int) -> int:
        if at == self._frame.opened + 1:
            self._frame.defining = True
        return at + 1

    def _from(self, at: int) -> int:
        if self._frame.selecting:
            self._frame.tables = True
            return self._table(at + 1)
        if self._frame.call not in FROM_IS_AN_ARGUMENT:
            self._refuse(at, "FROM comes after SELECT here")
        return at + 1

    def _join(self, at: int) -> int:
        frame = self._frame
        if self._word(at - 1) == "ARRAY":
            begin = at - 2 if self._word(at - 2) in ("LEFT", "INNER") else at - 1
            if begin != frame.table_end:
                self._refuse(at - 1, "ARRAY JOIN comes right after its table here", "use arrayJoin() or a subquery")
            frame.tables = False
            return at + 1
        frame.tables = True
        return self._table(at + 1)

    def _begins_clause(self, at: int) -> bool:
        """Whether WHERE and the like cannot be anything else there; else it is taken for a name, and nothing ends."""
        if not self._ends_operand(at - 1):
            return False
        word, following = self._word(at), self._word(at + 1)
        if word in SECOND_WORD:
            return following in SECOND_WORD[word]
        if word == "WINDOW":
            return self._word(at + 2) == "AS"
        return self._kind(at + 1) in (WORD, NAME, NUMBER, STRING, HEREDOC) or self._sign(at + 1) in ("(", "[")

    def _ends_operand(self, at: int) -> bool:
        if self._word(at):
            return self._word(at) not in OPERATORS
        return self._kind(at) in (WORD, NAME, STRING, NUMBER, HEREDOC) or self._sign(at) in (")", "]", "*")

    def _format(self, at: int) -> int:
        if at + 2 >= len(self._tokens) and self._ends_operand(at + 1):
            self._refuse(at, "FORMAT is not available here", "answers come back as JSON; quote a name: `format`")
        return at + 1

    def _explain(self, at: int) -> int:
        if self._sign(at - 1) == "(":
            self._refuse(at, "EXPLAIN comes first or not at all")
        self._value(at)
        return at + 1

    def _apply(self, at: int) -> int:
        """`* APPLY(f)` calls f by its name."""
        name = at + 2 if self._sign(at + 1) == "(" else at + 1
        if self._sign(name + 1) != "->" and not self._is_harmless(name):
            self._refuse(at, "APPLY names no function that is available here", "quote it if it is a name: `apply`")
        if self._sign(at + 1) == "(":
            self._push(Frame(opened=at + 1))
        return at + 2

    def _is_harmless(self, at: int) -> bool:
        return self._kind(at) in (WORD, NAME) and may_be_called(unquoted(self._tokens[at]))

    # tables

    def _table(self, at: int) -> int:
        """What stands where a table must: a subquery, a table function, a view, a part of `system`, a CTE."""
        if self._sign(at) == "(":
            return self._subquery(at)
        chain, end = self._chain(at)
        if not chain:
            self._refuse(at, "a table is missing here", f"there are {', '.join(sorted(VIEWS))}")
        if self._sign(end) == "(":
            if len(chain) > 1 or chain[0].lower() not in TABLE_FUNCTIONS:
                self._refuse(at, f"the table function {'.'.join(chain)}() is not available here")
            self._push(Frame(opened=end, call=chain[0].lower(), is_table=True))
            return end + 1
        if not self._may_be_read(chain):
            self._refuse(at, f"the table {'.'.join(chain)} is not available here", _TABLES_HINT)
        return self._alias(end)

    def _subquery(self, at: int) -> int:
        inner = at
        while self._sign(inner) == "(":
            inner += 1
        if self._word(inner) not in ("SELECT", "WITH"):
            self._refuse(inner, "a bracket in place of a table holds a SELECT here")
        self._push(Frame(opened=at, is_table=True, tables=inner > at + 1))
        return at + 1

    def _alias(self, at: int) -> int:
        """Past a table's other name; `table_end` is where ARRAY JOIN may stand."""
        if self._word(at) == "AS":
            at += 2
        elif self._kind(at) in (WORD, NAME) and self._word(at) not in NO_ALIAS:
            at += 1
        if self._word(at) == "FINAL":
            at += 1
        self._frame.table_end = at
        return at

    def _chain(self, at: int) -> tuple[list[str], int]:
        """The parts of `a.b.c`, and where it ends."""
        parts: list[str] = []
        while self._kind(at) in (WORD, NAME):
            parts.append(unquoted(self._tokens[at]))
            at += 1
            if self._sign(at) != ".":
                break
            at += 1
        return parts, at

    def _may_be_read(self, chain: list[str]) -> bool:
        if len(chain) == 1:
            return chain[0] in VIEWS or any(chain[0] in frame.ctes for frame in self._frames)
        return len(chain) == 2 and chain[0] == "system" and chain[1] in SYSTEM_TABLES

    def _cte_name(self, at: int) -> str:
        """`name` of `WITH name AS (SELECT …`: known from the end of its body on, as inside it means the table."""
        name = at - 2
        starts = self._word(name - 1) in ("WITH", "RECURSIVE") or self._sign(name - 1) == ","
        if not (self._frame.defining and starts and self._word(at - 1) == "AS" and self._ends_operand(name)):
            return ""
        if self._word(at + 1) not in ("SELECT", "WITH") and self._sign(at + 1) != "(":
            return ""
        if self._word(name - 1) == "RECURSIVE":
            self._frame.ctes.add(unquoted(self._tokens[name]))
        return unquoted(self._tokens[name])

    # names in expressions

    def _in(self, at: int) -> int:
        """`x IN t` reads the table t, and so does `x IN (t)`; a list may hold anything but bare names."""
        before = at - 1
        while self._word(before) in ("NOT", "GLOBAL"):
            before -= 1
        if not self._ends_operand(before):
            self._refuse(at, "in() is not available as a function here", "write x IN (…)")
        if self._sign(at + 1) != "(":
            self._check_in_element(at + 1, in_list=False)
        elif self._word(at + 2) not in ("SELECT", "WITH"):
            self._check_in_list(at + 1)
        return at + 1

    def _check_in_list(self, at: int) -> None:
        """Elements at the beginning of each bracket and after each comma, until the list's own bracket closes."""
        depth = 0
        for here in range(at, len(self._tokens)):
            sign = self._sign(here)
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                return
            if sign == "," or (sign == "(" and not self._is_call(here)):
                self._check_in_element(here + 1)

    def _is_call(self, at: int) -> bool:
        return self._kind(at - 1) in (WORD, NAME) and self._word(at - 1) not in KEYWORDS

    def _check_in_element(self, at: int, *, in_list: bool = True) -> None:
        if self._word(at) in _NO_NAMES:
            return
        chain, end = self._chain(at)
        alone = self._sign(end) in ("", ")", ",") if in_list else self._sign(end) != "("
        if chain and alone and self._kind(end) != STRING and not self._may_be_read(chain):
            self._refuse(at, f"{'.'.join(chain)} after IN would be a table", "write =, or has(array, x)")

    def _value(self, at: int) -> None:
        """A name in an expression: not one of a function that reaches out, nor the beginning of `system.…`."""
        name = unquoted(self._tokens[at])
        follows = self._sign(at + 1)
        if self._sign(at - 1) == "." or self._named[at]:
            return
        if follows == "." and name.lower() in DATABASES:
            self._refuse(at, f"{name} is not available here", _TABLES_HINT)
        if follows not in (".", "(") and is_refused_value(name):
            self._refuse(at, f"{name} is the name of a function that is not available here", "give it another name")


def _named(found: Sequence[Token]) -> list[bool]:
    """Which words only name something, whatever they spell: after a dot, and after an AS that is not itself a name."""
    named = [False] * len(found)
    for at in range(1, len(found)):
        before = found[at - 1]
        after_as = before.is_word("AS") and not named[at - 1]
        named[at] = found[at].kind == WORD and (before.is_sign(".") or after_as)
    return named


_TABLES_HINT = f"there are {', '.join(sorted(VIEWS))}, and of system: {', '.join(sorted(SYSTEM_TABLES))}"
_NO_NAMES = {"NULL", "TRUE", "FALSE", "NOT", "CASE", "INTERVAL", "SELECT", "WITH", "EXISTS"}
_KEYWORD_STEPS = {
    "SELECT": Walk._select,
    "WITH": Walk._with,
    "FROM": Walk._from,
    "JOIN": Walk._join,
    "IN": Walk._in,
    "FORMAT": Walk._format,
    "EXPLAIN": Walk._explain,
    "APPLY": Walk._apply,
}
