"""Who gets in with what."""

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
