"""The official SDK's own tests for traces, run against our classes.

They come in its source distribution, which is fetched once for each version of it and kept in pytest's cache; without
a package index there is nothing to run. What does not pass is listed with its reason, and the list is exact.
"""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

SUITES = ("tests/trace/test_trace.py", "tests/trace/test_span_processor.py", "tests/trace/export")
FETCH = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--pre"]

PRIVATE = "looks at the official classes' private attributes"
CONFIGURATOR = "the experimental tracer configurator is not part of the specification's stable SDK"
OLD_NAME = "instrumentation_info was deprecated in favour of instrumentation_scope in 2022"
UNSTARTED = "starts spans by hand; ours are made started, by a tracer"
EXCEPTIONS = {
    "TestTracer::test_get_tracer_sdk": PRIVATE,
    "TestTracer::test_get_tracer_sdk_sets_default_tracer_config_if_configurator_raises": CONFIGURATOR,
    "TestTracer::test_shutdown": "runs a Python of its own, in which our classes are not put in place",
    "TestTracer::test_start_span_returns_invalid_span_if_not_enabled": CONFIGURATOR,
    "TestTracer::test_tracer_provider_accepts_concurrent_multi_span_processor": PRIVATE,
    "TestTracerSampling::test_default_sampler_type": PRIVATE,
    "TestTracerSampling::test_ratio_sampler_with_env": PRIVATE,
    "TestTracerSampling::test_sampler_with_env": PRIVATE,
    "TestSpanCreation::test_instrumentation_info": OLD_NAME,
    "TestSpanCreation::test_invalid_instrumentation_info": OLD_NAME,
    "TestSpanCreation::test_span_processor_for_source": PRIVATE,
    "TestSpanCreation::test_update_resource": PRIVATE,
    "TestSpan::test_start_span": UNSTARTED,
    "TestSpan::test_start_accepts_context": UNSTARTED,
    "TestSpan::test_span_override_start_and_end_time": UNSTARTED,
    "TestTracerProvider::test_default_tracer_configurator": CONFIGURATOR,
    "TestTracerProvider::test_rule_based_tracer_configurator": CONFIGURATOR,
    "TestTracerProvider::test_rule_based_tracer_configurator_default_when_rules_dont_match": CONFIGURATOR,
    "TestTracerProvider::test_set_tracer_configurator_sets_default_tracer_config_if_configurator_raises": CONFIGURATOR,
    "TestTracerProvider::test_tracer_provider_init_default": PRIVATE,
}


@pytest.fixture(scope="module")
def suite(request) -> tuple[Path, Path]:
    """The unpacked source distribution, and the helpers that its tests import."""
    wanted = version("opentelemetry-sdk")
    cache = Path(request.config.cache.mkdir(f"official-sdk-{wanted}"))
    source, helpers = cache / f"opentelemetry_sdk-{wanted}", cache / "helpers"
    if not (source / "tests").is_dir() or not helpers.is_dir():
        _fetch(cache, "--no-binary", ":all:", "--no-build-isolation", f"opentelemetry-sdk=={wanted}")
        _fetch(cache, "--only-binary", ":all:", "opentelemetry-test-utils")
        with tarfile.open(next(cache.glob("opentelemetry_sdk-*.tar.gz"))) as archive:
            archive.extractall(cache, filter="data")
        with zipfile.ZipFile(next(cache.glob("opentelemetry_test_utils-*.whl"))) as wheel:
            wheel.extractall(helpers)
    return source, helpers


def _fetch(into: Path, *what: str) -> None:
    done = subprocess.run([*FETCH, *what, "-d", str(into)], capture_output=True, text=True, timeout=110)
    if done.returncode:
        pytest.skip(f"no package index: {done.stderr.strip().splitlines()[-1:]}")


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_official_suite_passes_but_for_the_listed_exceptions(suite):
    source, helpers = suite
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "TRIVET_", "PYTEST_"))}
    environ["PYTHONPATH"] = os.pathsep.join([str(helpers), str(Path(__file__).parent)])
    command = [sys.executable, "-m", "pytest", "-rf", "-p", "ours_instead", "-p", "no:cacheprovider", *SUITES]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, env=environ, timeout=200)
    failed = set(re.findall(r"^(?:FAILED|ERROR) \S+?::(\S+)", done.stdout, re.M))
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) > 100, done.stdout[-2000:] + done.stderr[-2000:]
    assert failed == set(EXCEPTIONS)
