"""Values in the URL and values written into a statement; the engine's view of both is in test_client.py."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from trivet.store.parameters import URL_BYTES, place, text

LONG = "x" * URL_BYTES


@pytest.mark.parametrize(
    "value, written",
    [
        ("it's", "it's"),
        (b"\xff", "\udcff"),
        (None, "NULL"),
        (True, "1"),
        (7, "7"),
        (0.1, "0.1"),
        (datetime(2026, 1, 2, 3, 4, 5, 6, UTC), "2026-01-02 03:04:05.000006"),
        (date(2026, 1, 2), "2026-01-02"),
        (Decimal("1.10"), "1.10"),
        (["a'", None, 1], "['a\\'',NULL,1]"),
        ((1, "x"), "(1,'x')"),
        ((1,), "(1,)"),
        ({"k": [True]}, "{'k':[1]}"),
        ([datetime(2026, 1, 2)], "['2026-01-02 00:00:00.000000']"),
    ],
)
def test_text(value, written):
    assert text(value) == written


def test_short_values_go_into_the_url_escaped_once():
    sql, url = place(
        "SELECT {a:String}, {b:Array(String)}, {c:Nullable(String)}", {"a": "t\t'\\", "b": ["\t"], "c": None}
    )
    assert sql == "SELECT {a:String}, {b:Array(String)}, {c:Nullable(String)}"
    assert url == {"param_a": "t\\t\\'\\\\", "param_b": "['\\t']", "param_c": "\\N"}


@pytest.mark.parametrize(
    "sql, params, wanted",
    [
        ("SELECT {a:String}", {"a": "x'\n"}, "SELECT CAST('x\\'\\n', 'String')"),
        ("{a:Array(String)}", {"a": ["x"]}, "CAST(['x'], 'Array(String)')"),
        ("{a:Map(String, UInt8)}", {"a": {"k": 1}}, "CAST(map('k',1), 'Map(String, UInt8)')"),
        ("{a:Tuple(UInt8, String)}", {"a": (1, "x")}, "CAST(tuple(1,'x'), 'Tuple(UInt8, String)')"),
        ("{a:Nullable(String)}", {"a": None}, "CAST(NULL, 'Nullable(String)')"),
        ("{a:Enum8('x' = 1)}", {"a": "x"}, "CAST('x', 'Enum8(\\'x\\' = 1)')"),
        ("SELECT {a:Identifier}", {"a": "t`\\"}, "SELECT `t\\`\\\\`"),
        ("'{a:String}' /* {a:String} */ {b:String}", {"a": "x"}, "'{a:String}' /* {a:String} */ {b:String}"),
        ("{ a : String }", {"a": "x"}, "CAST('x', 'String')"),
        ("{'a': 1} {a:String}", {"a": "x"}, "{'a': 1} CAST('x', 'String')"),
    ],
)
def test_long_values_are_written_into_the_statement(sql, params, wanted):
    assert place(sql, params | {"filler": LONG + "!"}) == (wanted, {})


def test_a_written_value_is_not_searched_for_placeholders():
    sql, url = place("SELECT {a:String}, {b:String}", {"a": "{b:String}", "b": LONG})
    assert sql == f"SELECT CAST('{{b:String}}', 'String'), CAST('{LONG}', 'String')" and url == {}
