"""Which Host headers pass."""

import pytest

from trivet.hosts import Hosts

OURS = Hosts(["trivet.example", " Other.Example "])


def test_ours():
    for host in (
        "localhost",
        "LOCALHOST",
        "app.localhost",
        "127.0.0.1",
        "[::1]",
        "10.0.0.7",
        "Trivet.Example",
        "other.example",
    ):
        assert OURS.allow(host) and OURS.allow(f"{host}:4318"), host
    assert OURS.allow("")


@pytest.mark.parametrize(
    "header",
    ["evil.example", "localhost.evil.example", "trivet.example.evil", "127.0.0.1.nip.io", "evil:4318", "0x7f.1"],
)
def test_a_strangers(header: str):
    assert not OURS.allow(header)


def test_nothing_configured():
    assert not Hosts([""]).allow("trivet.example")
