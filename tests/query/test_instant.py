"""Points in time and ranges, from what people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.errors import Invalid
from trivet.query.instant import HOUR, LATEST, NS, Range, instant, time_range

NOW = 1_760_000_000_123_456_789


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1760000000000000000", 1_760_000_000_000_000_000),
        ("0", 0),
        ("9999999999999999999", LATEST),
        ("now", NOW),
        ("now-15m", NOW - 900 * NS),
        ("now-1h30m", NOW - 5400 * NS),
        ("now+5s", NOW + 5 * NS),
        ("now-100000d", 0),
        ("1970-01-01", 0),
        ("1970-01-01T00:01Z", 60 * NS),
        ("2025-10-09T08:53:20Z", 1_760_000_000 * NS),
        ("2025-10-09 10:53:20.123456789+02:00", 1_760_000_000_123_456_789),
        ("2025-10-09t08:53:20.5z", 1_760_000_000_500_000_000),
        ("2025-10-09T08:53:20", 1_760_000_000 * NS),
        ("1950-01-01", 0),
    ],
)
def test_what_is_understood(text: str, wanted: int):
    assert instant(text, NOW) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "now-", "now-15", "now*2", "2025-13-01", "2025-10-09T25:00Z", "-5", "1.5", f"now-{'9' * 5000}s"],
)
def test_what_is_not(text: str):
    with pytest.raises(Invalid) as raised:
        instant(text, NOW)
    assert raised.value.code == "bad_time"


@given(st.text(max_size=40))
def test_any_text_is_an_instant_or_a_complaint(text: str):
    try:
        assert 0 <= instant(text, NOW) <= LATEST
    except Invalid:
        pass


def test_the_default_range_is_the_last_hour_and_clocks_may_run_ahead():
    got = time_range(None, None, NOW)
    assert got.start == NOW - HOUR
    assert got.end > NOW


def test_the_default_start_goes_by_the_end():
    end = NOW - 10 * HOUR
    assert time_range(None, str(end), NOW) == Range(end - HOUR, end)


def test_a_range_that_ends_before_it_begins_is_refused():
    with pytest.raises(Invalid, match="ends before"):
        time_range("now-1h", "now-2h", NOW)
