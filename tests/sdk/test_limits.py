import pytest

from trivet.sdk.limits import Limits


def test_the_defaults_are_the_specifications():
    assert Limits.from_environment({}) == Limits()
    assert Limits().span_attributes == Limits().events == Limits().links == 128
    assert Limits().attribute_length is None


def test_a_general_limit_reaches_spans_events_and_links():
    limits = Limits.from_environment({"OTEL_ATTRIBUTE_COUNT_LIMIT": "5", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "9"})
    assert (limits.span_attributes, limits.event_attributes, limits.link_attributes) == (5, 5, 5)
    assert (limits.attribute_length, limits.span_attribute_length) == (9, 9)


def test_a_special_limit_wins_over_the_general_one():
    limits = Limits.from_environment(
        {
            "OTEL_ATTRIBUTE_COUNT_LIMIT": "5",
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "6",
            "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT": "7",
            "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT": "8",
            "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": "1",
            "OTEL_SPAN_EVENT_COUNT_LIMIT": "2",
            "OTEL_SPAN_LINK_COUNT_LIMIT": "3",
        }
    )
    assert limits == Limits(6, 1, 2, 7, 3, 8, None)


def test_an_empty_variable_is_no_limit():
    assert Limits.from_environment({"OTEL_SPAN_EVENT_COUNT_LIMIT": ""}).events is None


@pytest.mark.parametrize("text", ["-1", "many", "1.5"])
def test_nonsense_is_named(text):
    with pytest.raises(ValueError, match="OTEL_SPAN_LINK_COUNT_LIMIT"):
        Limits.from_environment({"OTEL_SPAN_LINK_COUNT_LIMIT": text})
