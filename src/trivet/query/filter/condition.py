"""Pieces of SQL with their bound parameters."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Parameters:
    """The values of one statement. `bind` keeps a value and gives its placeholder, such as `{f0:String}`."""

    prefix: str = "f"
    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any, kind: str = "String") -> str:
        name = f"{self.prefix}{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{kind}}}"


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that is true or false for a row (never NULL), and the values bound in it.

    With `left` it says the same as `found AND left`: what an index finds, and what to ask of each row that it found.
    """

    sql: str
    parameters: dict[str, Any]
    found: str = ""
    left: str = ""

    def __and__(self, other: "Condition") -> "Condition":
        """Both hold; their parameters must have different names."""
        return Condition(f"({self.sql} AND {other.sql})", self.parameters | other.parameters)

    def __invert__(self) -> "Condition":
        return Condition(f"NOT ({self.sql})", self.parameters)


def like(pattern: str) -> str:
    """A `*` pattern as one for LIKE."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")
