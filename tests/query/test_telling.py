"""What a comparison says about values."""

import pytest

from trivet.query.attributes import BOOL, DOUBLE, INT, STRING
from trivet.query.compare.telling import said


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [("504", INT, 504), ("504", STRING, "504"), ("true", BOOL, True), ("1.5", DOUBLE, 1.5)],
)
def test_a_value_keeps_its_type(text: str, kind: int, value: object):
    assert said(text, kind) == value


@pytest.mark.parametrize("kind", [INT, DOUBLE])
def test_a_key_of_two_types_is_told_as_text(kind: int):
    assert said("sqlalchemy.exc.OperationalError", kind) == "sqlalchemy.exc.OperationalError"
