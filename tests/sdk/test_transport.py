import shutil
import socket
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from sdk.collector import Collector, partial_success

from trivet.sdk.endpoint import targets
from trivet.sdk.transport import Batch, Transport, _retry_after
from trivet.sdk.wire import read_partial_success
from trivet.settings import AppSettings

EMPTY = b""


def transport_to(url: str, environ=None, **given) -> Transport:
    settings, _ = AppSettings.load({"endpoint": url, "timeout": 2, **given}, environ or {})
    return Transport(targets(settings, environ or {}, True), settings.timeout)


@pytest.fixture
def transport(collector):
    made = transport_to(collector.url)
    yield made
    made.close()


def test_a_batch_travels_with_its_key_headers_and_token(collector):
    made = transport_to(collector.url, token="t0k3n", compression="gzip")
    batch = Batch("logs", EMPTY, 1)
    assert made.send(batch).what == "accepted"
    made.close()
    (request,) = collector.requests
    assert request.path == "/v1/logs" and request.headers["trivet-batch"] == batch.key
    assert request.headers["authorization"] == "Bearer t0k3n"
    assert request.headers["content-encoding"] == "gzip"
    assert request.headers["content-type"] == "application/x-protobuf"


def test_a_connection_is_kept_and_renewed_when_the_server_closed_it(collector, transport):
    for _ in range(3):
        assert transport.send(Batch("traces", EMPTY, 1)).what == "accepted"
    assert collector.connections == 1
    collector.stop()
    collector.start()
    assert transport.send(Batch("traces", EMPTY, 1)).what == "accepted" and collector.connections == 2


def test_nobody_there(collector, transport):
    collector.stop()
    answer = transport.send(Batch("traces", EMPTY, 1))
    assert answer.what == "later" and "ConnectionRefusedError" in answer.why
    collector.start()


def test_a_server_that_says_nothing_costs_the_timeout(collector, transport):
    collector.deaf = True
    answer = transport.send(Batch("traces", EMPTY, 1), timeout=0.2)
    assert answer.what == "later" and "TimeoutError" in answer.why


def test_a_server_that_speaks_something_else():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def babble():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        made = transport_to(f"http://127.0.0.1:{listener.getsockname()[1]}")
        answer = made.send(Batch("traces", EMPTY, 1))
        thread.join()
        made.close()
    assert answer.what == "later" and "BadStatusLine" in answer.why


def test_a_signal_without_a_target_is_refused(transport):
    transport.targets = {}
    assert transport.send(Batch("traces", EMPTY, 1)).what == "refused"


def test_a_proxy_of_the_environment_is_used_for_other_machines(collector, monkeypatch):
    monkeypatch.setenv("http_proxy", collector.url)
    monkeypatch.setenv("no_proxy", "")
    made = transport_to("http://collector.example:4318")
    from sdk import collector as module

    monkeypatch.setitem(module.MESSAGES, "http://collector.example:4318/v1/traces", module.MESSAGES["/v1/traces"])
    assert made.send(Batch("traces", EMPTY, 1)).what == "accepted"
    made.close()
    assert collector.requests[0].path == "http://collector.example:4318/v1/traces"
    assert collector.requests[0].headers["host"].startswith("collector.example")
    monkeypatch.setenv("no_proxy", "collector.example")
    made = transport_to("http://collector.example:4318")
    assert made.send(Batch("traces", EMPTY, 1), timeout=0.2).what == "later"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    files = tmp_path_factory.mktemp("tls") / "cert.pem", tmp_path_factory.mktemp("tls") / "key.pem"
    subject = ["-subj", "/CN=tests", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


def test_tls_with_a_certificate_we_were_given(certificate):
    with Collector(certificate=certificate) as server:
        made = transport_to(server.url, {"OTEL_EXPORTER_OTLP_CERTIFICATE": str(certificate[0])})
        assert made.send(Batch("traces", EMPTY, 1)).what == "accepted"
        assert made.send(Batch("traces", EMPTY, 1)).what == "accepted" and server.connections == 1
        made.close()


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(certificate):
    with Collector(certificate=certificate) as server:
        answer = transport_to(server.url).send(Batch("traces", EMPTY, 1))
    assert answer.what == "later" and "CERTIFICATE_VERIFY_FAILED" in answer.why and not server.requests


def test_a_certificate_file_that_is_missing_is_an_answer_too():
    made = transport_to("https://127.0.0.1:1", {"OTEL_EXPORTER_OTLP_CERTIFICATE": "/nowhere/ca.pem"})
    assert made.send(Batch("traces", EMPTY, 1)).what == "later"


def test_retry_after_is_a_number_or_a_date():
    assert _retry_after("1.5") == 1.5 and _retry_after("-3") == 0.0
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 58 < _retry_after(in_a_minute) <= 60
    assert _retry_after("soon") is None and _retry_after(None) is None


@given(st.integers(0, 2**62), st.text(st.characters(exclude_categories=["Cs"])))
def test_partial_success_is_read(rejected, why):
    assert read_partial_success(partial_success(rejected, why)) == (rejected, why)


@given(st.binary())
def test_any_answer_can_be_read(answer):
    rejected, why = read_partial_success(answer)
    assert isinstance(rejected, int) and isinstance(why, str)


def test_no_partial_success():
    assert read_partial_success(ExportTraceServiceResponse().SerializeToString()) == (0, "")
