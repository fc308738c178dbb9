"""Thousands of mutated bodies through the real listeners: refused or kept, and never a crash."""

import gzip
import random
import resource
from collections.abc import Callable

import httpx
import pytest
from receive.asking import PROTOBUF, post, read_to_end, request, trace_body
from receive.asking import connected as connected_to
from receive.fuzzing import SAMPLES, fuzz, mutated_once, mutations
from receive.serving import Serving

from trivet.otlp.validate import validate
from trivet.receive.compression import zstd


@pytest.fixture
def roomy(start: Callable[..., Serving]) -> Serving:
    return start(max_body_bytes=1 << 20)


def test_mutated_bodies_are_kept_or_refused(roomy: Serving):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = fuzz(roomy.url, count=2500, seed=1)
    assert outcome.offenders == []
    assert outcome.answers[200] > 100 and outcome.answers[400] > 100
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000
    with httpx.Client(base_url=roomy.url) as client:
        assert post(client, trace_body()).status_code == 200


def test_what_was_kept_can_be_read_again(roomy: Serving):
    fuzz(roomy.url, count=300, seed=2)
    for signal in ("traces", "metrics", "logs"):
        assert [validate(signal, record.body) for record in roomy.records(signal)] == [
            record.items for record in roomy.records(signal)
        ]


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
def test_mutated_compressed_bodies(roomy: Serving, encoding: str, compress: Callable[[bytes], bytes]):
    chance, whole = random.Random(3), compress(trace_body(50))
    with httpx.Client(base_url=roomy.url) as client:
        for _ in range(300):
            body = bytes(mutated_once(bytearray(whole), whole, chance))
            assert post(client, body, content_encoding=encoding).status_code in (200, 400, 413)


def test_mutated_requests(roomy: Serving):
    """The head is mutated too; a connection may then be answered, refused or left waiting for more."""
    chance, whole = random.Random(4), request(trace_body(), "Content-Encoding: identity", "Connection: close")
    for _ in range(300):
        with connected_to(roomy.port) as connection:
            connection.sendall(bytes(mutated_once(bytearray(whole), PROTOBUF["content-type"].encode() * 9, chance)))
            connection.shutdown(1)
            connection.settimeout(0.02)
            try:
                answer = read_to_end(connection)
            except TimeoutError:
                continue
            assert not answer.startswith(b"HTTP/1.1 5")
    with httpx.Client(base_url=roomy.url) as client:
        assert post(client, trace_body()).status_code == 200


def test_mutations_are_the_same_for_the_same_seed():
    assert list(mutations(50, seed=9)) == list(mutations(50, seed=9))
    assert len(SAMPLES) > 20
