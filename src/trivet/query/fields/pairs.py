"""Everything that a row holds, as SQL: an array of (place, key, text, type), attributes and intrinsics alike."""

from trivet.query.ask import statement
from trivet.query.fields.held import severity_word
from trivet.query.filter.condition import Condition, Parameters
from trivet.query.filter.kinds import Severity
from trivet.query.filter.tables import LOGS, Table


def pairs(table: Table) -> Condition:
    bound = Parameters("pair")
    severity = severity_word(Severity(), bound) if table is LOGS else ""
    return Condition(statement(f"pairs_{table.signal}", severity=severity), bound.values)
