"""Who gets in with what."""

import base64

import pytest

from trivet.errors import NotAllowed, Unauthenticated
from trivet.tokens import ANYONE, Tokens


def test_without_tokens_anyone_may():
    assert Tokens().admit("ingest", None) is ANYONE
    assert Tokens().admit("read", "Bearer whatever") is ANYONE
    assert not Tokens().needed("read")


def test_one_token_for_both():
    tokens = Tokens("secret")
    for wish in ("ingest", "read"):
        assert tokens.admit(wish, "Bearer secret").may == {"ingest", "read"}
        assert tokens.admit(wish, "bearer  secret ").tenant == "default"


@pytest.mark.parametrize(
    "header", [None, "", "secret", "Basic secret", "Bearer", "Bearer ", "Bearer secre", "Bearer secret2"]
)
def test_no_token_or_a_strange_one_is_not_known(header: str | None):
    with pytest.raises(Unauthenticated) as raised:
        Tokens("secret").admit("ingest", header)
    assert "TRIVET_INGEST_TOKEN" in raised.value.hint


def test_each_wish_has_its_own_token():
    tokens = Tokens(ingest_token="in", read_token="out")
    assert tokens.admit("ingest", "Bearer in").name == "ingest"
    assert tokens.admit("read", "Bearer out").name == "read"
    with pytest.raises(NotAllowed):
        tokens.admit("ingest", "Bearer out")
    with pytest.raises(NotAllowed):
        tokens.admit("read", "Bearer in")


def test_a_special_token_wins_over_the_common_one():
    tokens = Tokens("both", ingest_token="in")
    assert tokens.admit("read", "Bearer both").may == {"read"}
    with pytest.raises(NotAllowed):
        tokens.admit("ingest", "Bearer both")


def test_the_same_token_given_twice_may_both():
    assert Tokens(ingest_token="x", read_token="x").principal("x").may == {"ingest", "read"}


def test_a_token_may_hold_any_letters():
    assert Tokens("pässwörd").principal("pässwörd")
    assert Tokens("pässwörd").principal("passwort") is None


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("given", ["grafana:out", ":out", "a:out", "ü:out"])
def test_who_knows_passwords_only_reads_with_the_token_as_one(given: str):
    assert Tokens(ingest_token="in", read_token="out").admit("read", basic(given)).name == "read"


def test_a_password_may_hold_colons():
    assert Tokens("a:b:c").admit("read", basic("who:a:b:c")).may == {"ingest", "read"}


@pytest.mark.parametrize(
    "header",
    [basic("out"), basic("out:"), basic("x:no"), basic(""), "Basic", "Basic %%%", "Basic /////w==", "Basic eDpvdXQ"],
)
def test_other_passwords_do_not(header: str):
    with pytest.raises(Unauthenticated):
        Tokens(ingest_token="in", read_token="out").admit("read", header)


def test_a_password_does_not_send():
    with pytest.raises(Unauthenticated):
        Tokens("both").admit("ingest", basic("x:both"))
    with pytest.raises(NotAllowed):
        Tokens(ingest_token="in", read_token="out").admit("read", basic("x:in"))
