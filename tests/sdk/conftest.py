from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sdk.collector import Collector

from trivet.sdk.runtime import Runtime
from trivet.sdk.span import Span
from trivet.sdk.tracer import Tracer, TracerProvider
from trivet.settings import AppSettings


@pytest.fixture
def ended() -> list[Span]:
    """Every span that the `provider` delivered, in the order of their ends."""
    return []


@pytest.fixture
def provider(ended: list[Span], monkeypatch: pytest.MonkeyPatch) -> Iterator[TracerProvider]:
    for name in ("OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "OTEL_SDK_DISABLED", "TRIVET_PARENT_SAMPLING"):
        monkeypatch.delenv(name, raising=False)
    yield TracerProvider(deliver=ended.append)


@pytest.fixture
def tracer(provider: TracerProvider) -> Tracer:
    return provider.get_tracer("tests", "1.0")


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture
def runtime_for(tmp_path: Path) -> Iterator[Callable[..., Runtime]]:
    """Runtimes that are not the process's: no exit hooks, no global providers."""
    made: list[Runtime] = []

    def make(endpoint: str, environ: dict[str, str] | None = None, **settings: Any) -> Runtime:
        given = {"service": "tests", "spill_dir": tmp_path / "spill", "metrics": False, **settings}
        loaded, problems = AppSettings.load({"endpoint": endpoint, **given}, {})
        assert not problems
        made.append(Runtime(loaded, environ or {}, named_by_us=True))
        return made[-1]

    yield make
    for runtime in made:
        runtime.stop()
