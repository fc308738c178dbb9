import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivet.sdk import scrub
from trivet.sdk.encode import Encoder
from trivet.sdk.resource import Resource
from trivet.sdk.scrub import GONE, Scrubber, is_secret

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"


def attribute(key, value, **given):
    clean, _ = Scrubber(**given).of(key)
    return clean(value)


@pytest.mark.parametrize(
    "key",
    ["password", "db.password", "DB_PASSWORD", "userPassword", "x-api-key", "xApiKey", "session.token", "card_number",
     "http.request.header.authorization", "http.request.header.set-cookie", "aws.secret_access_key", "client_secret"],
)  # fmt: skip
def test_names_that_say_secret(key):
    assert is_secret(key) and attribute(key, "x") == attribute(key, 123) == attribute(key, ("a", "b")) == GONE


@pytest.mark.parametrize(
    "key",
    ["user.id", "gen_ai.usage.input_tokens", "token_count", "token.type", "http.route", "author", "passenger.name",
     "session.id", "key", "partition.key", "monkey"],
)  # fmt: skip
def test_names_that_do_not(key):
    assert not is_secret(key) and attribute(key, "plain") == "plain"


def test_whether_there_is_a_secret_is_none():
    assert attribute("password", True) is True and attribute("password", None) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("postgresql://app:s3cret@db:5432/shop", "postgresql://[scrubbed]@db:5432/shop"),
        ("redis://:s3cret@cache/0", "redis://[scrubbed]@cache/0"),
        ("https://h/p?token=abc123&page=2", "https://h/p?token=[scrubbed]&page=2"),
        ("https://h/p?X-Amz-Signature=deadbeef&x=1", "https://h/p?X-Amz-Signature=[scrubbed]&x=1"),
        ("Authorization: Bearer abcdefghijkl", "Authorization: [scrubbed] [scrubbed]"),
        ("sent Basic dXNlcjpwYXNz in clear", "sent Basic [scrubbed] in clear"),
        (f"got {JWT} back", "got [scrubbed] back"),
        ("key AKIAIOSFODNN7EXAMPLE used", "key [scrubbed] used"),
        ("ghp_" + "a" * 36, GONE),
        ("login failed: password=hunter2, user=bob", "login failed: password=[scrubbed], user=bob"),
        ('{"user": "bob", "password": "hun ter2"}', '{"user": "bob", "password": [scrubbed]}'),
        ("{'client_secret': 'abc'}", "{'client_secret': [scrubbed]}"),
        ("paid with 4111 1111 1111 1111 today", "paid with [scrubbed] today"),
        ("paid with 5500-0000-0000-0004", "paid with [scrubbed]"),
        ("card 378282246310005.", "card 378282246310005."),  # the dot may make it a number; then it is none
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", GONE),
        ("cut off -----BEGIN PRIVATE KEY-----\nMIIE", "cut off [scrubbed]"),
    ],
)
def test_texts_that_hold_secrets(text, left):
    assert attribute("note", text) == left
    assert attribute("note", ("first", {"inner": text})) == ("first", {"inner": left})


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/videos/4111111111111112",  # fails Luhn's check
        "order 4012888888881882 shipped",
        "used 512 tokens: prompt_tokens: 400",
        "GET https://user-service:8080/tokens/list",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "a secret garden is a book",
        "basic usage of the api",
    ],
)
def test_texts_that_hold_none_stay(text):
    assert attribute("note", text) == text


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("SELECT * FROM users WHERE name = 'O''Brien' AND age > 42", "SELECT * FROM users WHERE name = ? AND age > ?"),
        ("UPDATE t1 SET x2 = -1.5e3 WHERE id = $1", "UPDATE t1 SET x2 = ? WHERE id = $1"),
        ("SELECT \"col 1\", :p1, %s, @v2 FROM s3.t_9 LIMIT 10", "SELECT \"col 1\", :p1, %s, @v2 FROM s3.t_9 LIMIT ?"),
        (r"INSERT INTO t VALUES ('it\'s', 0x1F, $$raw 'text'$$)", "INSERT INTO t VALUES (?, ?, ?)"),
        ("/* page 3 */ SELECT 1 -- for 'bob'", "/* page 3 */ SELECT ? -- for 'bob'"),
    ],
)  # fmt: skip
def test_literals_of_statements(statement, left):
    assert attribute("db.query.text", statement) == attribute("db.statement", statement) == left
    assert attribute("note", statement) == statement


def test_an_app_names_more_and_exempts_some():
    assert attribute("customer.iban", "DE89", also=["customer.*"]) == GONE
    assert attribute("session.token", "public", also=["-session.token"]) == "public"


def test_nested_names_count_too():
    assert attribute("request", {"user": "bob", "password": "x", "more": [{"apiKey": "y"}]}) == {
        "user": "bob",
        "password": GONE,
        "more": ({"apiKey": GONE},),
    }


def test_very_long_texts_are_cut(monkeypatch):
    monkeypatch.setattr(scrub, "LONG", 100)
    assert attribute("note", "x" * 91 + " password=hunter2") == "x" * 91 + " password…"
    assert len(attribute("db.query.text", "x" * 1000)) == 100


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(scrub, "REMEMBERED", 16)
    scrubber = Scrubber()
    for number in range(100):
        scrubber.value(f"a clean text of some length {number}")
        scrubber.statement(f"SELECT {number} FROM t")
    assert len(scrubber._clean) <= 16 and len(scrubber._statements) <= 2


@given(st.text(max_size=200) | st.from_regex(re.compile(r"(password|token)=\S{1,20} (\d{4} ){4}'.*'")))
@settings(max_examples=100)
def test_any_text_can_be_scrubbed_and_nothing_of_it_comes_back(text):
    once = Scrubber().value(text)
    assert isinstance(once, str) and isinstance(Scrubber().statement(text), str)
    assert not re.search(r"(?:password|token)=(?!\[scrubbed\])[^\s\"'&,;})\]]+", once)


def test_spans_are_scrubbed_on_their_way_out(tracer, ended):
    span = tracer.start_span(
        "login password=hunter2", attributes={"password": "hunter2", "url.full": "http://a:hunter2@b"}
    )
    span.add_event("exception", {"exception.message": "bad password=hunter2"})
    span.set_status(span.status.status_code.ERROR, "ValueError: password=hunter2")
    span.end()
    ((body, _),) = Encoder(Resource({}), Scrubber().of).spans(ended)
    assert b"hunter2" not in body and body.count(GONE.encode()) == 5
    assert span.attributes["password"] == "hunter2", "what the app sees is its own"
