"""A real Prometheus over given samples, to hold our answers against; wants `prometheus` and `promtool` installed."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

INSTALLED = bool(shutil.which("prometheus") and shutil.which("promtool"))


class Told(NamedTuple):
    """A series: values by second after the beginning."""

    name: str
    labels: Mapping[str, str]
    values: Mapping[float, float]


def open_metrics(series: Sequence[Told], began: int, types: Mapping[str, str]) -> str:
    """https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md"""
    by_family: dict[str, list[Told]] = {}
    for each in series:
        family = max((name for name in types if each.name.startswith(name)), key=len)
        by_family.setdefault(family, []).append(each)
    lines = []
    for family, members in by_family.items():
        lines.append(f"# TYPE {family} {types[family]}")
        for each in members:
            labels = ",".join(f'{name}="{value}"' for name, value in each.labels.items())
            lines += [f"{each.name}{{{labels}}} {value!r} {began + second}" for second, value in each.values.items()]
    return "\n".join([*lines, "# EOF", ""])


@contextmanager
def prometheus(directory: Path, metrics: str) -> Iterator[httpx.Client]:
    """A server on loopback that has read the text, gone afterwards."""
    text, store = directory / "metrics.txt", directory / "store"
    text.write_text(metrics)
    made = subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", text, store], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    config = directory / "prometheus.yml"
    config.write_text("{}\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        "prometheus", f"--config.file={config}", f"--storage.tsdb.path={store}", f"--web.listen-address={address}",
        "--storage.tsdb.retention.time=100y", "--log.level=error",
        "--enable-feature=promql-at-modifier,promql-negative-offset",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://{address}", trust_env=False) as client:
            _wait(client, process)
            yield client
    finally:
        process.terminate()
        process.wait(20)


def _wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "prometheus ended"
        try:
            if client.get("/-/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("prometheus is not ready")


def data(client: httpx.Client, call: str, **asked: Any) -> Any:
    answer = client.post(f"/api/v1/{call}", data=asked).json()
    assert answer["status"] == "success", answer
    return answer["data"]
