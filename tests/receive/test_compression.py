"""Compressed bodies: read in any pieces, stopped at the limit, refused when they are not what they say."""

import gzip
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from receive.asking import PROTOBUF, post, status, trace_body
from receive.serving import Serving

from trivet.errors import Invalid, Unsupported
from trivet.receive.compression import MAX_FRAMES, PIECE, Inflate, zstd


def bare_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


COMPRESS: dict[str, list[Callable[[bytes], bytes]]] = {
    "gzip": [gzip.compress],
    "x-gzip": [gzip.compress],
    "deflate": [zlib.compress, bare_deflate],
    "zstd": [zstd.compress],
}
WAYS = [(encoding, compress) for encoding, ways in COMPRESS.items() for compress in ways]


def named(way: tuple[str, Callable[[bytes], bytes]]) -> str:
    encoding, compress = way
    return f"{encoding} by {compress.__name__}"


def inflated(encoding: str, body: bytes, step: int = 1 << 20) -> bytes:
    stream, pieces = Inflate(encoding), []
    for at in range(0, len(body), step):
        pieces += stream.feed(body[at : at + step])
    stream.finish()
    assert all(len(piece) <= PIECE for piece in pieces)
    return b"".join(pieces)


@given(way=st.sampled_from(WAYS), data=st.binary(max_size=2000), times=st.integers(1, 400), step=st.integers(1, 500))
def test_bodies_come_back_whole_in_any_steps(
    way: tuple[str, Callable[[bytes], bytes]], data: bytes, times: int, step: int
):
    encoding, compress = way
    assert inflated(encoding, compress(data * times), step) == data * times


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 258])
@pytest.mark.parametrize("way", WAYS, ids=named)
def test_the_end_of_a_piece_is_not_the_end_of_a_body(way: tuple[str, Callable[[bytes], bytes]], size: int):
    encoding, compress = way
    assert inflated(encoding, compress(b"x" * size)) == b"x" * size


@pytest.mark.parametrize("way", WAYS, ids=named)
def test_several_frames_are_one_body(way: tuple[str, Callable[[bytes], bytes]]):
    encoding, compress = way
    assert inflated(encoding, compress(b"one ") + compress(b"") + compress(b"two")) == b"one two"
    assert inflated(encoding, compress(b"one ") + compress(b"two"), step=1) == b"one two"


@pytest.mark.parametrize("way", WAYS, ids=named)
def test_a_cut_body_is_refused(way: tuple[str, Callable[[bytes], bytes]]):
    encoding, compress = way
    body = compress(bytes(range(256)) * 100)
    for end in (1, len(body) // 2, len(body) - 1):
        with pytest.raises(Invalid):
            inflated(encoding, body[:end])


@given(encoding=st.sampled_from(sorted(COMPRESS)), body=st.binary(max_size=200))
def test_any_bytes_are_read_or_invalid(encoding: str, body: bytes):
    try:
        inflated(encoding, body)
    except Invalid as invalid:
        assert encoding in invalid.message


def test_a_flipped_bit_is_seen():
    body = bytearray(gzip.compress(b"telemetry" * 100))
    body[-6] ^= 1
    with pytest.raises(Invalid, match="incorrect data check"):
        inflated("gzip", bytes(body))


def test_a_body_of_countless_empty_frames_is_refused():
    with pytest.raises(Invalid, match=str(MAX_FRAMES)):
        inflated("gzip", gzip.compress(b"") * 100_000)


def test_a_frame_that_asks_for_a_huge_window_is_refused_before_it_gets_it():
    options = {zstd.CompressionParameter.window_log: 27}
    stream = zstd.ZstdCompressor(options=options)
    body = stream.compress(bytes(1000)) + stream.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Invalid, match="too much memory"):
        inflated("zstd", body)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize("encoding", ["br", "compress", "gzip, gzip", "identity2"])
def test_other_encodings_are_not_read(encoding: str):
    with pytest.raises(Unsupported):
        Inflate(encoding)


@pytest.mark.parametrize("way", WAYS, ids=named)
def test_a_compressed_request_is_kept_decompressed(
    serving: Serving, client: httpx.Client, way: tuple[str, Callable[[bytes], bytes]]
):
    encoding, compress = way
    body = trace_body(3000)
    assert post(client, compress(body), content_encoding=encoding).status_code == 200
    assert serving.bodies("traces") == [body]


def test_identity_is_no_compression(serving: Serving, client: httpx.Client):
    assert post(client, trace_body(), content_encoding="identity").status_code == 200
    assert post(client, trace_body(), content_encoding="GZIP").status_code == 400


BOMB = """
import gzip, sys
from pathlib import Path
from receive.serving import Serving
from receive.asking import PROTOBUF
import httpx, resource, tempfile
from trivet.receive.compression import zstd
import zlib

zeros = bytes(1 << 26)
bombs = {"gzip": gzip.compress(zeros) * 16, "deflate": zlib.compress(zeros) * 16, "zstd": zstd.compress(zeros) * 16}
del zeros
with tempfile.TemporaryDirectory() as directory, Serving(Path(directory)) as serving:
    with httpx.Client(base_url=serving.url, timeout=60) as client:
        client.post("/v1/traces", content=bytes((10, 0)), headers=PROTOBUF)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for encoding, body in bombs.items():
            answer = client.post("/v1/traces", content=body, headers={**PROTOBUF, "content-encoding": encoding})
            print(encoding, answer.status_code, serving.receiver.admission.held_bytes)
    print("grown", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_gigabyte_of_zeros_costs_the_limit_and_no_more():
    """64 MiB of body is the limit; with its joins and the parts of it a little more is touched."""
    environment = {"PYTHONPATH": "tests", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", BOMB], capture_output=True, text=True, check=True, env=environment)
    *answers, grown = done.stdout.split("\n")[:-1]
    assert answers == ["gzip 413 0", "deflate 413 0", "zstd 413 0"]
    assert int(grown.removeprefix("grown ")) < 110 * 1024


def test_a_bomb_does_not_stop_the_others(start: Callable[..., Serving]):
    serving = start(max_body_bytes=10_000)
    stream = zlib.compressobj(9, wbits=31)
    bomb = stream.compress(bytes(50 << 20)) + stream.flush()
    with httpx.Client(base_url=serving.url) as client:
        assert post(client, bomb, content_encoding="gzip").status_code == 413
        answer = client.post("/v1/traces", content=iter([bomb[:100], bomb[100:]]), headers=PROTOBUF)
        assert answer.status_code == 413
        refused = post(client, bomb[:200], content_encoding="gzip")
        assert "max_body_bytes" in status(refused).message or refused.status_code == 400
        assert post(client, gzip.compress(trace_body()), content_encoding="gzip").status_code == 200
