"""What a filter says about the two sides of a comparison."""

import pytest

from trivet.query.compare.terms import fixed, population, text_of
from trivet.query.filter.parse import parse


@pytest.mark.parametrize(
    ("filter", "rest"),
    [
        ("", ""),
        ("duration>1s", ""),
        ("service:web", ""),
        ("service:web duration>1s", "service=web"),
        ("service:web name:checkout status:error", "service=web name=checkout"),
        ("user.plan:pro duration>1s", "user.plan=pro"),
        ("service:web user.plan:pro", "service=web"),
        ("service:web http.response.status_code=500", "service=web"),
        ("name in (a, \"b c\") has:exception", "name in (a, \"b c\")"),
        ("service:web not status:error", "service=web"),
        ("service:web (duration>1s or status:error)", "service=web"),
        ("service:web \"lock wait\"", "service=web"),
        ("service:web {service:db duration>1s}", "service=web"),
        ("service:web or duration>1s", ""),
        ('"my key":"a \\"b\\" c" duration>1s', '"my key"="a \\"b\\" c"'),
        ("name:\"line\\nbreak\\\\\" duration>1s", "name=\"line\\nbreak\\\\\""),
    ],
)  # fmt: skip
def test_the_terms_that_hold_for_the_rest_too(filter: str, rest: str):
    terms = population(parse(filter))
    assert text_of(terms) == rest
    read_again = parse(text_of(terms))
    assert population(read_again) == [] and text_of(population(parse(f"{rest} duration>1s"))) == rest


@pytest.mark.parametrize(
    ("filter", "fields"),
    [
        ("duration>1s", {"duration"}),
        ("service:web", {"service", "service.name"}),
        ("resource.host.name:a or span.b=1", {"resource.host.name", "host.name", "span.b", "b"}),
        ("not has:x", {"x"}),
        ("{service:web}", set()),
        ("some words", set()),
    ],
)
def test_the_fields_that_a_filter_speaks_of(filter: str, fields: set[str]):
    assert fixed(parse(filter)) == fields
