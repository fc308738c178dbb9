"""Every recorded body is read, counted and mapped, and holds what the client said."""

from pathlib import Path

import pytest

from trivet.otlp.json_mapping import from_json, to_json
from trivet.otlp.messages import REQUESTS
from trivet.otlp.validate import validate

SAMPLES = sorted(Path(__file__).parent.parent.parent.glob("samples/*/*.*"))

ITEMS = {"traces": 2, "metrics": 4, "logs": 1}
SAID = {
    "traces": [b"SELECT", b"no such table", b"TypeError", b"why"],
    "metrics": [b"jobs", b"{job}", b"waiting", b"wait", b"load"],
    "logs": [b"it failed", b"ERROR", b"empty"],
}


def signal_of(sample: Path) -> str:
    return sample.stem.rpartition("-")[2]


def protobuf_of(sample: Path) -> bytes:
    body = sample.read_bytes()
    return from_json(signal_of(sample), body) if sample.suffix == ".json" else body


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_recorded_body(sample: Path):
    signal, body = signal_of(sample), protobuf_of(sample)
    one_span_a_body = sample.parent.name.startswith("node") and signal == "traces"
    assert validate(signal, body) == (1 if one_span_a_body else ITEMS[signal])
    assert all(text in body for text in SAID[signal])
    written = to_json(signal, body)
    assert to_json(signal, from_json(signal, written)) == written


def test_there_are_samples_of_every_signal_and_encoding():
    assert {(signal_of(sample), sample.suffix) for sample in SAMPLES} == {
        (signal, suffix) for signal in REQUESTS for suffix in (".pb", ".json")
    }
