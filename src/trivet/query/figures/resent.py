"""A span or log record that a client sent twice counts once: questions about many rows leave the later ones out.

A resend is told by its time and ids. Those up to the last minutes are known (store/steps.py); what came since is
compared here. Nearly always there is none, and the question's own statement need not know.
"""

from dataclasses import replace
from typing import Final

from trivet.query.ask import Ask, statement
from trivet.query.filter.condition import Condition
from trivet.query.filter.tables import SPANS, Table
from trivet.query.instant import Range
from trivet.query.sample import asked
from trivet.store.client import Answer

IDENTITY: Final = {"spans": "start, trace_id, span_id", "logs": "time, id"}


async def once(ask: Ask, table: Table, rows: Condition, within: Range) -> tuple[Condition, list[Answer]]:
    """Rows in a range of time, without resends; and what finding out took."""
    known = asked(replace(table, time="time"), within, "known")
    # A resend matches what the first one does; but a filter that looks at other rows is not worth asking four times.
    among = asked(table, within, "among") if "SELECT" in rows.sql else rows
    parameters = known.parameters | among.parameters
    resent = statement(
        "resent",
        signal="'traces'" if table is SPANS else "'logs'", known=known.sql,
        time=table.time, identity=IDENTITY[table.signal], table=table.name, rows=among.sql,
        since=statement("resent_since"),
    )  # fmt: skip
    answer = await ask.answer("resent_count", parameters, resent=resent)
    if answer.rows[0][0] == 0:
        return rows, [answer]
    left_out = f"({table.time}, received, record, ordinal) NOT IN (\n{resent}\n)"
    return rows & Condition(left_out, parameters), [answer]
