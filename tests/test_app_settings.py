"""What an app can be told, and by whom."""

import dataclasses
from pathlib import Path

import pytest

from trivet.settings import AppSettings, MiB


def load(environ=None, **arguments) -> AppSettings:
    settings, problems = AppSettings.load(arguments, environ or {})
    assert not problems
    return settings


def test_arguments_win_over_our_variables_and_those_over_the_standard_ones():
    environ = {"OTEL_SERVICE_NAME": "standard", "TRIVET_SERVICE": "ours"}
    assert load().service == ""
    assert load({"OTEL_SERVICE_NAME": "standard"}).service == "standard"
    assert load(environ).service == "ours"
    assert load(environ, service="argument").service == "argument"
    assert load(environ, service=None).service == "ours"


@pytest.mark.parametrize(
    ("environ", "name", "value"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1"}, "endpoint", "http://c:1"),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "5"}, "timeout", 5.0),  # as the official Python SDK reads it
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "5000"}, "timeout", 5.0),  # as the specification does
        ({"OTEL_METRIC_EXPORT_INTERVAL": "2500"}, "metrics_interval", 2.5),
        ({"OTEL_TRACES_EXPORTER": "none"}, "traces", False),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "traces", True),
        ({"TRIVET_LOGS": "off"}, "logs", False),
        ({"TRIVET_CONSOLE": "1"}, "console", True),
        ({"TRIVET_RUNNING_AFTER": "500ms"}, "running_after", 0.5),
        ({"TRIVET_SPILL_MAX_BYTES": "1MiB"}, "spill_max_bytes", MiB),
        ({"TRIVET_SPILL_DIR": "/var/spill"}, "spill_dir", Path("/var/spill")),
        ({"OTEL_BSP_MAX_QUEUE_SIZE": "100"}, "queue", 100),
        ({"OTEL_SERVICE_NAME": "  "}, "service", ""),
    ],
)
def test_variables_are_read_in_their_own_units(environ, name, value):
    assert getattr(load(environ), name) == value


@pytest.mark.parametrize(
    ("environ", "arguments", "named"),
    [
        ({"TRIVET_RUNNING_AFTER": "soon"}, {}, "running_after"),
        ({"OTEL_METRIC_EXPORT_INTERVAL": "often"}, {}, "OTEL_METRIC_EXPORT_INTERVAL"),
        ({"TRIVET_TRACES": "perhaps"}, {}, "traces"),
        ({}, {"endpiont": "http://c"}, "endpiont"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_counts(environ, arguments, named):
    settings, problems = AppSettings.load({"service": "s", **arguments}, environ)
    assert settings.service == "s" and len(problems) == 1 and named in problems[0]
    assert dataclasses.replace(settings, service="") == AppSettings()


def test_every_setting_has_help():
    assert all(field.metadata["help"] for field in dataclasses.fields(AppSettings))
