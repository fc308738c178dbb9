from datetime import UTC, datetime

import pytest

from trivet.errors import CannotStart
from trivet.forward.target import read_targets
from trivet.spool.cursor import Limits

ENVIRON = {"VENDOR_KEY": " s3cret \n", "TOKEN": "token", "EMPTY": "", "TWO_LINES": "a\nb"}


def read(**table):
    (target,) = read_targets([{"name": "vendor", "endpoint": "https://vendor.example", **table}], ENVIRON)
    return target


def test_what_is_left_out_is_sensible():
    target = read()
    assert (target.protocol, target.tls, target.endpoint) == ("http", True, "https://vendor.example")
    assert target.signals == ("traces", "metrics", "logs") and target.headers == {}
    assert (target.start, target.running_spans, target.compression) == ("newest", False, "gzip")
    assert target.limits == Limits(bytes=1024**3, age=86400.0) and target.timeout == 10.0


def test_everything_given():
    target = read(
        headers={"Api-Key": "env:VENDOR_KEY", "authorization": "Bearer env:TOKEN", "x-team": "video"},
        signals=["logs", "traces"],
        start="oldest",
        max_lag_bytes="2GB",
        max_lag_age=3600,
        running_spans=True,
        compression="none",
        timeout="500ms",
    )
    assert target.headers == {"api-key": "s3cret", "authorization": "Bearer token", "x-team": "video"}
    assert target.signals == ("traces", "logs") and target.start == "oldest"
    assert target.limits == Limits(bytes=2 * 10**9, age=3600.0) and target.timeout == 0.5
    assert target.running_spans and target.compression == "none"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"endpoint": "http://localhost:4318/"}, ("http", False, "http://localhost:4318")),
        ({"endpoint": "https://vendor.example/otlp/"}, ("http", True, "https://vendor.example/otlp")),
        ({"endpoint": "grpc://localhost:4317"}, ("grpc", False, "localhost:4317")),
        ({"endpoint": "grpcs://vendor.example"}, ("grpc", True, "vendor.example:4317")),
        ({"endpoint": "https://vendor.example:443", "protocol": "grpc"}, ("grpc", True, "vendor.example:443")),
        ({"endpoint": "http://[::1]:4317", "protocol": "grpc"}, ("grpc", False, "[::1]:4317")),
        ({"endpoint": "http://[::1]:4318", "protocol": "http"}, ("http", False, "http://[::1]:4318")),
    ],
)
def test_endpoints(table, expected):
    target = read(**table)
    assert (target.protocol, target.tls, target.endpoint) == expected


@pytest.mark.parametrize(
    "start",
    [
        "2026-11-20T08:00:00Z",
        "2026-11-20T09:00:00+01:00",
        datetime(2026, 11, 20, 8, tzinfo=UTC),
    ],
)
def test_a_start_in_time(start):
    assert read(start=start).start == 1795161600 * 10**9


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"endpont": "https://x"}, "unknown key 'endpont'"),
        ({"endpoint": "vendor.example:4317"}, "the endpoint is missing or no address"),
        ({"endpoint": "ftp://vendor.example"}, "the endpoint is missing or no address"),
        ({"endpoint": 4318}, "the endpoint is missing or no address"),
        ({"endpoint": "https://"}, "must be an address"),
        ({"endpoint": "https://vendor.example:port"}, "the endpoint is no address"),
        ({"endpoint": "https://vendor.example?key=1"}, "must be an address without"),
        ({"endpoint": "https://me:secret@vendor.example"}, "carries a password"),
        ({"endpoint": "grpc://vendor.example/v1"}, "a gRPC endpoint has no path"),
        ({"endpoint": "grpc://vendor.example", "protocol": "http"}, "protocol = 'http' does not go with grpc://"),
        ({"protocol": "udp"}, "protocol = 'udp'"),
        ({"headers": ["a"]}, "headers is no table"),
        ({"headers": {"a": 1}}, "headers is no table"),
        ({"headers": {"a": "env:MISSING"}}, "needs the environment variable MISSING"),
        ({"headers": {"a": "env:EMPTY"}}, "needs the environment variable EMPTY"),
        ({"headers": {"a": "env:TWO_LINES"}}, "header 'a' cannot be sent"),
        ({"headers": {"a b": "c"}}, "header 'a b' cannot be sent"),
        ({"headers": {"Content-Type": "c"}}, "header 'Content-Type' cannot be sent"),
        ({"headers": {"key-bin": "c"}}, "header 'key-bin' cannot be sent"),
        ({"headers": {"a": "ü"}}, "header 'a' cannot be sent"),
        ({"signals": []}, "signals = "),
        ({"signals": ["spans"]}, "signals = "),
        ({"signals": "logs"}, "signals = "),
        ({"start": "yesterday"}, 'start = "yesterday"'),
        ({"start": "2026-11-20T08:00:00"}, 'start = "2026-11-20T08:00:00"'),
        ({"start": 5}, 'start = "5"'),
        ({"max_lag_bytes": "much"}, "max_lag_bytes = 'much': wanted a size"),
        ({"max_lag_bytes": True}, "max_lag_bytes = True: wanted a number"),
        ({"max_lag_age": 0}, "max_lag_age = 0: wanted more than nothing"),
        ({"timeout": []}, "timeout = "),
        ({"running_spans": "no"}, "running_spans = 'no': wanted true or false"),
        ({"running_spans": 1}, "running_spans = 1: wanted true or false"),
        ({"compression": "zstd"}, 'compression = \'zstd\': wanted "gzip" or "none"'),
    ],
)
def test_mistakes_are_named_with_their_table(table, message):
    with pytest.raises(CannotStart) as caught:
        read(**table)
    assert caught.value.message.startswith("[[forward]] vendor in trivet.toml: ") and message in caught.value.message
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("name", [None, "", 5, "a/b", "../x", "x" * 65])
def test_a_destination_needs_a_name(name):
    with pytest.raises(CannotStart, match=r"\[\[forward\]\] number 2 in trivet.toml has no usable name"):
        read_targets([{"name": "a", "endpoint": "https://a"}, {"name": name, "endpoint": "https://b"}], {})


def test_names_are_used_once():
    with pytest.raises(CannotStart, match="used twice"):
        read_targets([{"name": "a", "endpoint": "https://a"}, {"name": "a", "endpoint": "https://b"}], {})


def test_what_headers_carry_is_scrubbed():
    target = read(headers={"api-key": "env:VENDOR_KEY", "authorization": "Bearer env:TOKEN", "other": "text", "v": "1"})
    assert target.scrubbed("s3cret token Bearer token text 1 fine") == "*** *** *** *** 1 fine"
