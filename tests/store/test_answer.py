"""Bodies that an engine gives, and bodies that a broken one might."""

import math

import pytest

from trivet.store.answer import Scanned, read


def body(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def test_rows_and_columns():
    answer = read(body('["a","b"]', '["UInt64","String"]', '[1,"x"]', "[18446744073709551615,null]"), Scanned(3, 4, 5))
    assert answer.dicts() == [{"a": 1, "b": "x"}, {"a": 2**64 - 1, "b": None}]
    assert answer.scanned == Scanned(3, 4, 5)


@pytest.mark.parametrize(
    "type_, value, wanted",
    [
        ("Float64", '"-inf"', -math.inf),
        ("Nullable(Float64)", "null", None),
        ("Array(Array(Float64))", '[["inf"],[]]', [[math.inf], []]),
        ("Map(Float64, Float64)", '{"inf":"inf"}', {"inf": math.inf}),
        ("Tuple(x Float64, y String)", '{"x":"inf","y":"inf"}', {"x": math.inf, "y": "inf"}),
        ("Tuple(Float64, String)", '["inf","inf"]', [math.inf, "inf"]),
        ("Array(String)", '["inf","nan"]', ["inf", "nan"]),
        ("LowCardinality(Nullable(Float32))", '"inf"', math.inf),
        ("Tuple(String, UInt8)", '["inf",1]', ["inf", 1]),
    ],
)
def test_infinities_come_back_where_the_type_says_so(type_, value, wanted):
    assert read(body('["a"]', f'["{type_}"]', f"[{value}]"), Scanned()).rows == [[wanted]]


def test_bytes_that_are_no_utf8_come_as_surrogates_and_the_rest_as_it_is():
    answer = read(body('["a","é"]', '["String","Float64"]', '["\udcff\\n\u2028",1.5]', '["é","nan"]'), Scanned())
    assert answer.rows[0] == ["\udcff\n\u2028", 1.5]
    assert answer.rows[1][0] == "é" and math.isnan(answer.rows[1][1])


@pytest.mark.parametrize(
    "broken", [b"", b'["a"]\n', b'["a"]\n["UInt8"]\n[1', b'["a"]\n["UInt8"]\nCode: 1', b"\xff", b'["a"]\n[]\n']
)
def test_a_body_cut_short_is_an_error(broken):
    with pytest.raises(ValueError):
        read(broken, Scanned())


def test_what_was_scanned_is_read_from_the_summary():
    summary = '{"read_rows":"7","read_bytes":"8","elapsed_ns":"9000000","other":"x"}'
    assert Scanned.of({"X-ClickHouse-Summary": summary}) == Scanned(7, 8, 9.0)
    assert Scanned.of({}) == Scanned(0, 0, 0.0)
