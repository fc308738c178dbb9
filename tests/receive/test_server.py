"""Starting, stopping and TLS of both listeners."""

import ssl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import grpc
import httpx
import pytest
from receive.asking import PROTOBUF, connected, eventually, read_answer, request, trace_body
from receive.serving import Serving
from receive.spools import SlowDisk

from trivet.errors import CannotStart

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of a key and a self-signed certificate for localhost."""
    directory = tmp_path_factory.mktemp("tls")
    key, cert = str(directory / "key.pem"), str(directory / "cert.pem")
    ask = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*ask, *names], check=True, capture_output=True)
    return {"tls_cert": cert, "tls_key": key}


def test_both_listeners_speak_tls(start: Callable[..., Serving], certificate: dict[str, str]):
    serving = start(grpc="127.0.0.1:0", **certificate)
    trusted = ssl.create_default_context(cafile=certificate["tls_cert"])
    answer = httpx.post(f"{serving.url}/v1/traces", content=trace_body(), headers=PROTOBUF, verify=trusted)
    assert answer.status_code == 200
    roots = grpc.ssl_channel_credentials(Path(certificate["tls_cert"]).read_bytes())
    with grpc.secure_channel(serving.grpc_target.replace("127.0.0.1", "localhost"), roots) as channel:
        assert channel.unary_unary(EXPORT)(trace_body()) == b""
    assert len(serving.bodies("traces")) == 2


@pytest.mark.parametrize("grpc_address", ["", "127.0.0.1:0"])
def test_a_certificate_that_cannot_be_read(start: Callable[..., Serving], tmp_path: Path, grpc_address: str):
    with pytest.raises(CannotStart, match=r"nowhere.pem") as raised:
        start(grpc=grpc_address, tls_cert=str(tmp_path / "nowhere.pem"), tls_key=str(tmp_path / "nowhere.key"))
    assert "PEM" in raised.value.hint


def test_a_certificate_that_is_none(start: Callable[..., Serving], tmp_path: Path):
    (tmp_path / "cert.pem").write_text("not a certificate")
    with pytest.raises(CannotStart, match="cannot be used"):
        start(tls_cert=str(tmp_path / "cert.pem"), tls_key=str(tmp_path / "cert.pem"))


@pytest.mark.parametrize(("given", "missing"), [("tls_cert", "tls_key"), ("tls_key", "tls_cert")])
def test_half_a_certificate_is_not_taken_for_none(start: Callable[..., Serving], given: str, missing: str):
    with pytest.raises(CannotStart, match=f"{given} is set and {missing} is not"):
        start(**{given: "some.pem"})


def test_stopping_answers_what_is_under_way(tmp_path: Path):
    disk = SlowDisk()
    with Serving(tmp_path, disk) as serving, connected(serving.port) as busy, connected(serving.port) as idle:
        busy.sendall(request(trace_body()))
        eventually(lambda: disk.waiting)
        stopping = threading.Thread(target=serving.on_loop, args=[serving.server.stop()])
        stopping.start()
        assert idle.recv(1) == b""
        with pytest.raises(ConnectionRefusedError), connected(serving.port):
            pass
        serving.on_loop(disk.release())
        assert read_answer(busy).startswith(b"HTTP/1.1 200")
        stopping.join()
