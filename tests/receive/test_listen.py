"""Addresses, and the rule that nothing but loopback is served without a token."""

import errno
import socket
from pathlib import Path

import pytest

from trivet.errors import CannotStart
from trivet.receive.listen import bind, require_tokens, split_address
from trivet.tokens import Tokens


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:4318", ("127.0.0.1", 4318)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:65535", ("::1", 65535)),
        (":4318", ("0.0.0.0", 4318)),
        ("*:4318", ("0.0.0.0", 4318)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]):
    assert split_address("http", text) == address


@pytest.mark.parametrize(
    "text", ["", "4318", "localhost", "localhost:", "localhost:x", "localhost:65536", "::1", ":-1"]
)
def test_what_is_no_address_is_said_with_an_example(text: str):
    with pytest.raises(CannotStart) as raised:
        split_address("grpc", text)
    assert "grpc" in raised.value.message
    assert "127.0.0.1:4317" in raised.value.hint


@pytest.mark.parametrize("text", ["127.0.0.1:0", "localhost:0", "[::1]:0"])
def test_a_free_port_can_be_asked_for(text: str):
    with bind("http", text) as bound:
        assert bound.getsockname()[1] > 0


def test_two_servers_that_start_at_once_do_not_get_the_same_port():
    with bind("http", "127.0.0.1:0") as first, pytest.raises(CannotStart, match="in use"):
        bind("http", f"127.0.0.1:{first.getsockname()[1]}")


def test_a_port_in_use_is_named_with_another_to_choose():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotStart) as raised:
            bind("http", f"127.0.0.1:{port}")
    assert f"port {port} " in raised.value.message
    assert "in use" in raised.value.message
    assert f"--http 127.0.0.1:{port + 1}" in raised.value.hint


def test_a_host_that_nobody_knows():
    with pytest.raises(CannotStart, match="not known"):
        bind("http", "no-such-host.invalid:4318")


def test_an_address_of_another_machine():
    with pytest.raises(CannotStart, match="not an address of this machine"):
        bind("http", "192.0.2.1:4318")


@pytest.mark.parametrize(("code", "said"), [(errno.EACCES, "only for the system"), (errno.ENOBUFS, "cannot listen")])
def test_other_refusals_of_the_system(monkeypatch: pytest.MonkeyPatch, code: int, said: str):
    """The system refuses port 80 only to those who are not root, so it is asked to here."""

    class Refusing(socket.socket):
        def bind(self, address: object) -> None:
            raise OSError(code, "refused")

    monkeypatch.setattr(socket, "socket", Refusing)
    with pytest.raises(CannotStart, match=said):
        bind("http", "127.0.0.1:80")


LOOPBACK = ["127.0.0.1:4318", "127.8.8.8:1", "localhost:4318", "[::1]:4318"]
BEYOND = ["0.0.0.0:4318", ":4318", "[::]:4318", "10.1.2.3:4318"]


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_needs_no_token(address: str):
    require_tokens(Tokens(), http=address, grpc=address)


@pytest.mark.parametrize("address", BEYOND)
def test_beyond_it_a_token_is_needed(address: str):
    with pytest.raises(CannotStart) as raised:
        require_tokens(Tokens(), http=address, grpc="")
    assert "TRIVET_TOKEN" in raised.value.hint
    with pytest.raises(CannotStart):
        require_tokens(Tokens(), http="127.0.0.1:1", grpc=address)
    require_tokens(Tokens("secret"), http=address, grpc=address)


def test_a_token_for_sending_does_not_protect_what_can_be_read():
    with pytest.raises(CannotStart) as raised:
        require_tokens(Tokens(ingest_token="in"), http=":4318", grpc="")
    assert "read from" in raised.value.message
    assert "TRIVET_READ_TOKEN" in raised.value.hint
    require_tokens(Tokens(ingest_token="in"), http="127.0.0.1:4318", grpc=":4317")
    require_tokens(Tokens(ingest_token="in", read_token="out"), http=":4318", grpc=":4317")


def test_the_receiver_asks_before_it_listens(tmp_path: Path):
    from receive.serving import Serving

    with pytest.raises(CannotStart, match="other machines"), Serving(tmp_path, http="0.0.0.0:0"):
        pass
