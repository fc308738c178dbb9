"""OTLP over HTTP as the specification and api.md say it."""

import json
from collections.abc import Callable

import httpx
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from receive.asking import JSON, PROTOBUF, connected, post, read_answer, read_to_end, request, status, trace_body
from receive.fuzzing import SAMPLES
from receive.serving import Serving
from receive.spools import FullSpool

from trivet.otlp.json_mapping import to_json
from trivet.otlp.messages import REQUESTS, RESPONSES
from trivet.receive.counts import SignalCounts

EMPTY_RESOURCE = b"\x0a\x00"


@pytest.mark.parametrize("signal", REQUESTS)
def test_a_request_is_on_disk_when_it_is_answered(serving: Serving, client: httpx.Client, signal: str):
    answer = post(client, EMPTY_RESOURCE, f"/v1/{signal}")
    assert serving.bodies(signal) == [EMPTY_RESOURCE]
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/x-protobuf"
    assert RESPONSES[signal].FromString(answer.content) == RESPONSES[signal]()


def test_a_record_says_what_it_holds(serving: Serving, client: httpx.Client):
    post(client, trace_body(7))
    (record,) = serving.records("traces")
    assert (record.items, record.tenant, record.batch) == (7, "default", b"")


def test_json_is_kept_as_protobuf(serving: Serving, client: httpx.Client):
    body = trace_body(2)
    answer = client.post("/v1/traces", content=to_json("traces", body), headers=JSON)
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["content-type"] == "application/json"
    assert serving.bodies("traces") == [body]


def test_every_recorded_body_is_kept(serving: Serving, client: httpx.Client):
    for sample in SAMPLES:
        signal, headers = sample.stem.rpartition("-")[2], JSON if sample.suffix == ".json" else PROTOBUF
        assert client.post(f"/v1/{signal}", content=sample.read_bytes(), headers=headers).status_code == 200, sample
    assert sum(len(serving.bodies(signal)) for signal in REQUESTS) == len(SAMPLES)


def test_parameters_of_the_content_type_are_accepted(shared_client: httpx.Client):
    assert post(shared_client, trace_body(), content_type="application/x-protobuf; charset=utf-8").status_code == 200
    answer = shared_client.post("/v1/logs", content=b"{}", headers={"content-type": 'Application/JSON;charset="utf-8"'})
    assert answer.status_code == 200


@pytest.mark.parametrize("headers", [PROTOBUF, JSON])
def test_no_body_is_an_empty_request(serving: Serving, client: httpx.Client, headers: dict[str, str]):
    assert client.post("/v1/traces", headers=headers).status_code == 200
    assert serving.bodies("traces") == []


def test_json_of_which_nothing_was_read_is_answered_with_a_warning(shared_client: httpx.Client):
    answer = shared_client.post("/v1/traces", content=b'{"resourceLogs": [{}]}', headers=JSON)
    assert answer.status_code == 200
    assert "traces" in answer.json()["partialSuccess"]["errorMessage"]


def test_bytes_that_are_no_request_are_refused_in_the_requests_encoding(shared_client: httpx.Client):
    answer = post(shared_client, b"\x0a\x7f")
    assert answer.status_code == 400
    assert status(answer).code == 3
    assert "traces" in status(answer).message
    answer = shared_client.post("/v1/traces", content=b"{", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, 3)


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json2", "application/x-protobuf, x"])
def test_other_content_types_are_not_read(shared_client: httpx.Client, content_type: str):
    answer = post(shared_client, trace_body(), content_type=content_type)
    assert answer.status_code == 415
    assert "application/x-protobuf" in answer.json()["message"]


def test_an_unknown_content_encoding_is_not_read(shared_client: httpx.Client):
    answer = post(shared_client, trace_body(), content_encoding="br")
    assert answer.status_code == 415
    assert "gzip" in status(answer).message


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_only_post_is_for_these_paths(shared_client: httpx.Client, method: str):
    answer = shared_client.request(method, "/v1/traces")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v1/traces/", "/v1/profiles", "/v1/traces/x", "//v1/traces"])
def test_other_paths_are_somebody_elses(shared_client: httpx.Client, path: str):
    assert post(shared_client, trace_body(), path).status_code == 404


def test_a_full_spool_is_503_with_retry_after(start: Callable[..., Serving]):
    serving = start(FullSpool())
    answer = httpx.post(f"{serving.url}/v1/traces", content=trace_body(3), headers=PROTOBUF)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    retry = RetryInfo()
    assert status(answer).details[0].Unpack(retry)
    assert retry.retry_delay.ToMilliseconds() == 6200
    assert serving.receiver.counts.of("traces") == SignalCounts(received=3, rejected=3, acknowledged=0)


def test_json_hears_of_a_full_spool_in_json(start: Callable[..., Serving]):
    serving = start(FullSpool())
    answer = httpx.post(f"{serving.url}/v1/traces", content=to_json("traces", trace_body()), headers=JSON)
    assert answer.status_code == 503
    assert answer.json()["details"] == [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "6.200s"},
    ]


def test_what_came_in_is_counted_in_items(serving: Serving, client: httpx.Client):
    post(client, trace_body(5))
    post(client, trace_body(2))
    post(client, b"\x0a\x7f")
    assert serving.receiver.counts.of("traces") == SignalCounts(received=7, rejected=1, acknowledged=7)
    assert serving.receiver.counts.of("logs") == SignalCounts()


def test_a_resent_batch_is_acknowledged_and_not_kept_twice(serving: Serving, client: httpx.Client):
    for _ in range(2):
        assert post(client, trace_body(), trivet_batch="0f" * 16).status_code == 200
    (record,) = serving.records("traces")
    assert record.batch == b"\x0f" * 16


def test_a_batch_key_is_32_hexadecimal_digits(serving: Serving, client: httpx.Client):
    for batch in ("0f", "0f" * 15, "0f" * 17, "zz" * 16, "0f0f0f0f " * 3 + "0f0f0f0f"):
        answer = post(client, trace_body(), trivet_batch=batch)
        assert answer.status_code == 400
        assert "Trivet-Batch" in status(answer).message
    assert serving.bodies("traces") == []


class TestTokens:
    @pytest.fixture
    def serving(self, start: Callable[..., Serving]) -> Serving:
        return start(ingest_token="in", read_token="out")

    def test_the_right_one_opens(self, client: httpx.Client):
        assert post(client, trace_body(), authorization="Bearer in").status_code == 200

    def test_none_or_a_wrong_one_is_401(self, serving: Serving, client: httpx.Client):
        for authorization in ("", "Bearer", "Bearer wrong", "in", "Basic in"):
            answer = post(client, trace_body(), authorization=authorization)
            assert (answer.status_code, status(answer).code) == (401, 16)
            assert answer.headers["www-authenticate"] == "Bearer"
        assert serving.bodies("traces") == []

    def test_one_for_reading_is_403(self, client: httpx.Client):
        answer = post(client, trace_body(), authorization="Bearer out")
        assert (answer.status_code, status(answer).code) == (403, 7)

    def test_a_host_of_any_name_may_send(self, client: httpx.Client):
        assert post(client, trace_body(), authorization="Bearer in", host="collector.internal").status_code == 200


class TestHosts:
    @pytest.fixture
    def serving(self, start: Callable[..., Serving]) -> Serving:
        return start(hosts="trivet.example")

    def test_ours_pass(self, client: httpx.Client):
        for host in ("localhost:4318", "127.0.0.1", "trivet.example:80"):
            assert post(client, trace_body(), host=host).status_code == 200

    def test_a_strangers_does_not(self, client: httpx.Client):
        answer = post(client, trace_body(), host="evil.example")
        assert answer.status_code == 403
        assert "TRIVET_HOSTS" in status(answer).message


class TestPagesOfOtherOrigins:
    @pytest.fixture
    def serving(self, start: Callable[..., Serving]) -> Serving:
        return start(cors_origins="https://app.example, https://other.example")

    def test_a_configured_one_may_ask_and_send(self, client: httpx.Client):
        asked = {"origin": "https://app.example", "access-control-request-method": "POST"}
        answer = client.options("/v1/traces", headers=asked)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert answer.headers["access-control-allow-methods"] == "POST"
        assert "content-type" in answer.headers["access-control-allow-headers"]
        answer = post(client, trace_body(), origin="https://app.example")
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert answer.headers["vary"] == "origin"

    def test_it_may_read_why_it_was_refused(self, client: httpx.Client):
        answer = post(client, b"\x0a\x7f", origin="https://other.example")
        assert answer.status_code == 400
        assert answer.headers["access-control-allow-origin"] == "https://other.example"

    def test_another_may_not(self, client: httpx.Client):
        answer = client.options("/v1/traces", headers={"origin": "https://evil.example"})
        assert answer.status_code == 405
        assert "access-control-allow-origin" not in post(client, trace_body(), origin="https://evil.example").headers


class TestSizes:
    LIMIT = 100_000

    @pytest.fixture
    def serving(self, start: Callable[..., Serving]) -> Serving:
        return start(max_body_bytes=self.LIMIT, max_request_memory=2 * self.LIMIT)

    def test_a_body_of_the_limit_passes_and_one_byte_more_does_not(self, client: httpx.Client):
        body = b"\x0a\x00" * (self.LIMIT // 2)
        assert post(client, body).status_code == 200
        answer = post(client, body + b"\x0a")
        assert answer.status_code == 413
        assert "max_body_bytes" in status(answer).message
        assert not status(answer).details

    def test_the_announced_length_is_enough_to_refuse(self, serving: Serving):
        with connected(serving.port) as connection:
            connection.sendall(request(b"", length=10**12))
            assert read_answer(connection).startswith(b"HTTP/1.1 413")

    def test_a_body_without_a_length_is_counted_as_it_comes(self, client: httpx.Client):
        answer = client.post("/v1/traces", content=(b"\x0a\x00" * 500 for _ in range(1000)), headers=PROTOBUF)
        assert answer.status_code == 413

    def test_the_connection_goes_on_after_a_refusal(self, serving: Serving):
        with connected(serving.port) as connection:
            connection.sendall(request(b"\x0a\x00" * self.LIMIT))
            assert read_answer(connection).startswith(b"HTTP/1.1 413")
            connection.sendall(request(trace_body()))
            assert read_answer(connection).startswith(b"HTTP/1.1 200")

    def test_nothing_stays_held(self, serving: Serving, client: httpx.Client):
        for body in (b"\x0a\x00" * self.LIMIT, b"\x0a\x7f", trace_body()):
            post(client, body)
        assert (serving.receiver.admission.held_bytes, serving.receiver.admission.requests) == (0, 0)


def test_a_sender_that_waits_for_continue_is_told_to_go_on(serving: Serving):
    body = trace_body()
    with connected(serving.port) as connection:
        connection.sendall(request(b"", "Expect: 100-continue", length=len(body)))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert read_answer(connection).startswith(b"HTTP/1.1 200")


def test_a_sender_that_waits_is_refused_before_it_sends(start: Callable[..., Serving]):
    serving = start(token="secret")
    with connected(serving.port) as connection:
        connection.sendall(request(b"", "Expect: 100-continue", length=1000))
        answer = read_to_end(connection)
    assert answer.startswith(b"HTTP/1.1 401")
    assert b"connection: close" in answer


def test_requests_sent_ahead_are_answered_in_order(serving: Serving):
    bodies = [trace_body(name=f"span {number}") for number in range(20)]
    bodies[7] = b"\x0a\x7f"
    with connected(serving.port) as connection:
        connection.sendall(b"".join(map(request, bodies[:-1])) + request(bodies[-1], "Connection: close"))
        answers = read_to_end(connection).split(b"HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] == [b"400" if body == bodies[7] else b"200" for body in bodies]
    assert serving.bodies("traces") == [body for body in bodies if body != bodies[7]]


def test_a_sender_that_leaves_in_the_middle_leaves_nothing(serving: Serving):
    with connected(serving.port) as connection:
        connection.sendall(request(trace_body(), length=10**6))
    with httpx.Client(base_url=serving.url) as client:
        assert post(client, trace_body()).status_code == 200
    assert len(serving.bodies("traces")) == 1
    assert serving.receiver.admission.held_bytes == 0


def test_answers_name_no_server_software(shared_client: httpx.Client):
    assert "server" not in post(shared_client, trace_body()).headers


def test_json_errors_are_json_for_people_too(shared_client: httpx.Client):
    assert json.loads(shared_client.get("/v1/traces").content) == {
        "code": 3,
        "message": "GET is not for this path; send OTLP with POST",
    }
