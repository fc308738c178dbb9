import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.cli import figures


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0 ns"), (999, "999 ns"), (1000, "1.00 µs"), (830_000, "830 µs"), (999_600, "1.00 ms"),
        (12_340_000, "12.3 ms"), (1_520_000_000, "1.52 s"), (59_900_000_000, "59.9 s"), (60_000_000_000, "1 m"),
        (252_000_000_000, "4 m 12 s"), (7_500_000_000_000, "2 h 5 m"), (273_600_000_000_000, "3 d 4 h"),
        (-5_000_000, "-5.00 ms"),
    ],
)  # fmt: skip
def test_durations(ns: int, text: str):
    assert figures.duration(ns) == text


@given(st.integers(0, 999 * 86_400 * 10**9))
def test_a_duration_is_short_and_never_an_exponent(ns: int):
    text = figures.duration(ns)
    assert len(text) <= 10 and "e" not in text


def test_counts_sizes_and_shares():
    assert [figures.count(n) for n in (0, 9999, 12_400, 3_100_000)] == ["0", "9,999", "12.4 k", "3.10 M"]
    assert [figures.size(n) for n in (0, 999, 1500, 2_300_000_000)] == ["0 B", "999 B", "1.50 kB", "2.30 GB"]
    assert [figures.share(n) for n in (0, 0.0001, 0.034, 1)] == ["0 %", "<0.1 %", "3.40 %", "100 %"]


def test_instants_keep_their_milliseconds(utc: None):
    assert figures.moment("1760000000123456789") == "2025-10-09 08:53:20.123"
    assert figures.clock(1_760_000_000_999_999_999) == "08:53:20.999"


def test_values_lose_the_marks_of_the_api():
    values = ["a\nb", 5, True, None, [1, "x"], {"$int": "9223372036854775807"}, {"$double": "NaN"}, {"$bytes": "AA=="}]
    assert [figures.value_text(value) for value in values] == [
        "a ⏎ b", "5", "true", "null", '[1, "x"]', "9223372036854775807", "NaN", "AA==",
    ]  # fmt: skip


@given(st.recursive(st.none() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)))
def test_no_value_can_drive_a_terminal(value: object):
    shown = figures.value_text(json.loads(json.dumps(value)))
    assert all(char.isprintable() or char in "\u2028\u2029" or not char.isascii() for char in shown)
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in shown)
