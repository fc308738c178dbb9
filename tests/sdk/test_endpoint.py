import logging

import pytest

from trivet.sdk.endpoint import targets
from trivet.settings import AppSettings


def target(signal="traces", environ=None, named=False, **given):
    settings, problems = AppSettings.load(given, environ or {})
    assert not problems
    return targets(settings, environ or {}, named)[signal]


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("http://collector", "http://collector:80/v1/traces"),
        ("https://collector/otlp/", "https://collector:443/otlp/v1/traces"),
        ("collector:4318", "http://collector:4318/v1/traces"),
    ],
)
def test_the_endpoint_gets_the_signals_path(endpoint, url):
    assert str(target(endpoint=endpoint, named=True)) == url


def test_by_default_our_own_server_on_this_machine():
    assert str(target("logs")) == "http://127.0.0.1:4318/v1/logs"


def test_standard_variables_name_it_for_all_or_for_one_signal():
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://all:1",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://logs:2/somewhere",
        "OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20b,x=1",
        "OTEL_EXPORTER_OTLP_LOGS_HEADERS": "x=2",
        "OTEL_EXPORTER_OTLP_CERTIFICATE": "/ca.pem",
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": "/me.pem",
        "OTEL_EXPORTER_OTLP_CLIENT_KEY": "/me.key",
    }
    assert str(target("metrics", environ)) == "http://all:1/v1/metrics"
    assert str(target("logs", environ)) == "http://logs:2/somewhere"
    assert target("metrics", environ).headers["Api-Key"] == "a b"
    assert target("logs", environ).headers["X"] == "2" and "Api-Key" not in target("logs", environ).headers
    assert target("logs", environ).certificate == "/ca.pem" and target("logs", environ).client == ("/me.pem", "/me.key")
    assert str(target("logs", environ, named=True, endpoint="http://ours:3")) == "http://ours:3/v1/logs"


def test_a_token_of_ours_is_a_bearer_and_the_ingest_token_wins():
    assert target(token="both").headers["Authorization"] == "Bearer both"
    assert target(environ={"TRIVET_INGEST_TOKEN": "in", "TRIVET_TOKEN": "both"}).headers["Authorization"] == "Bearer in"
    assert "Authorization" not in target().headers


def test_only_what_leaves_the_machine_is_compressed_unless_wished():
    assert not target(endpoint="http://localhost:1", named=True).gzip
    assert not target(endpoint="http://[::1]:1", named=True).gzip
    assert target(endpoint="http://10.0.0.1:1", named=True).gzip
    assert target(compression="gzip").gzip
    assert not target(endpoint="http://collector:1", named=True, compression="none").gzip
    assert target(environ={"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "gzip"}).gzip


def test_an_endpoint_for_grpc_is_used_over_http_and_said(caplog):
    environ = {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317"}
    with caplog.at_level(logging.WARNING):
        assert str(target(environ=environ)) == "http://collector:4318/v1/traces"
    assert "http://collector:4318" in caplog.text


def test_a_signal_that_is_off_has_no_target():
    settings, _ = AppSettings.load({}, {"OTEL_METRICS_EXPORTER": "none", "TRIVET_LOGS": "false"})
    assert set(targets(settings, {}, False)) == {"traces"}


@pytest.mark.parametrize("endpoint", ["ftp://host", "http://", "http://host:99999"])
def test_nonsense_is_an_error(endpoint):
    with pytest.raises(ValueError):
        target(endpoint=endpoint, named=True)
