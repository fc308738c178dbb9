import enum
import fractions
import logging
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivet.sdk import values
from trivet.sdk.values import clean, clean_all


class Colour(enum.StrEnum):
    RED = "red"


class Size(enum.IntEnum):
    BIG = 3


class Silent:
    """Neither `__str__` nor `__repr__`."""


class Spoken:
    def __str__(self) -> str:
        return "spoken"


class Broken:
    def __str__(self) -> str:
        raise RuntimeError("no text")


class BrokenList(list):
    def __iter__(self):
        raise RuntimeError("no items")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("text", "text"),
        (True, True),
        (7, 7),
        (1.5, 1.5),
        (None, None),
        (b"raw", b"raw"),
        (bytearray(b"raw"), b"raw"),
        ([1, 2], (1, 2)),
        ({"a": [1, {"b": 2}]}, {"a": (1, {"b": 2})}),
        ({1: "one", "": "unnamed"}, {"1": "one"}),
        (range(3), (0, 1, 2)),
        (Colour.RED, "red"),
        (Size.BIG, 3),
        (Decimal("1.10"), "1.10"),
        (fractions.Fraction(1, 2), 0.5),
        (Spoken(), "spoken"),
        (Silent(), None),
        (Broken(), None),
        (BrokenList([1]), None),
    ],
)
def test_the_nearest_allowed_value(given, kept):
    assert clean(given) == kept
    assert type(clean(given)) is type(kept)


def test_a_set_becomes_a_sequence():
    assert sorted(clean({3, 1, 2})) == [1, 2, 3]


def test_texts_and_bytes_are_cut_at_every_depth():
    assert clean(["abcdef", {"k": "abcdef"}, b"abcdef"], max_length=3) == ("abc", {"k": "abc"}, b"abc")


def test_a_value_that_contains_itself_ends():
    endless: list = []
    endless.append(endless)
    assert isinstance(clean(endless), tuple)


def test_later_changes_do_not_reach_the_record():
    original = {"list": [1]}
    kept = clean(original)
    original["list"].append(2)
    assert kept == {"list": (1,)}


def test_an_unknown_type_is_warned_about_once(caplog):
    values._warned.clear()
    with caplog.at_level(logging.WARNING):
        clean(Spoken())
        clean(Spoken())
    assert [record.message for record in caplog.records] == [
        "Spoken is no attribute value; its text is recorded instead"
    ]


def test_attributes_of_an_event_are_counted_cleaned_and_immutable():
    kept, dropped = clean_all({"a": [1], "": 2, 3: 4, "b": "xyz", "c": 1}, max_count=2, max_length=2)
    assert kept == {"a": (1,), "b": "xy"} and dropped == 3
    with pytest.raises(TypeError):
        kept["d"] = 1
    assert clean_all(None, 1, 1) == ({}, 0)


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.builds(object)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text() | st.integers(), inner, max_size=4)),
    max_leaves=12,
)


def allowed(value: object) -> bool:
    if isinstance(value, tuple):
        return all(map(allowed, value))
    if isinstance(value, dict):
        return all(type(key) is str and key and allowed(item) for key, item in value.items())
    return type(value) in values.SCALARS


@given(anything)
@settings(max_examples=60)
def test_whatever_comes_an_allowed_value_leaves(value):
    assert allowed(clean(value))
