"""The wheel as a user gets it: built, installed into empty environments elsewhere, run from there."""

import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
PAGES = ROOT / "src" / "trivet" / "serve" / "ui" / "index.html"

pytestmark = pytest.mark.skipif(not PAGES.exists(), reason="the pages are not built: make setup")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = directory.glob("*.whl")
    return wheel


def installed(wheel: Path, directory: Path, extra: str = "") -> Path:
    """The `bin` of a new environment with the wheel in it, everything else as locked."""
    subprocess.run([UV, "venv", "-q", "--python", sys.executable, directory], check=True)
    environment = {**os.environ, "VIRTUAL_ENV": str(directory)}
    locked = ["-c", str(ROOT / "requirements.lock")]
    subprocess.run([UV, "pip", "install", "-q", *locked, f"{wheel}{extra}"], check=True, env=environment, cwd=directory)
    return directory / "bin"


def test_it_holds_the_pages_the_schema_and_the_questions(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        r"trivet/serve/ui/index\.html",
        r"trivet/serve/ui/assets/.*\.js",
        r"trivet/store/schema/v1/20_otel_spans\.sql",
        r"trivet/store/schema/otlp\.proto",
        r"trivet/query/questions/trace_spans\.sql",
        r"trivet/query/filter/grammar\.lark",
        r"trivet/watch/waiting\.sql",
        r"trivet/demo/web/package-lock\.json",
        r"trivet/demo/web/\.npmrc",
        r"trivet/demo/web/src/server\.ts",
        r"trivet/demo/tours/incident\.md",
    ):
        assert any(re.fullmatch(wanted, name) for name in names), wanted
    assert not [name for name in names if "node_modules" in name or name.startswith(("tests/", "bench/"))]


def test_the_server_runs_from_it_with_its_pages(wheel: Path, tmp_path: Path):
    trivet = installed(wheel, tmp_path / "environment", "[server]") / "trivet"
    command = [
        trivet,
        "up",
        "--data",
        tmp_path / "data",
        "--http",
        "127.0.0.1:0",
        "--grpc",
        "",
        "--min-free-bytes",
        "0",
    ]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = re.search(r"http://\S+", server.stdout.readline())[0]
            page = httpx.get(url)
            assert page.status_code == 200 and "<noscript>Trivet" in page.text
            for asset in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
                assert httpx.get(url + asset).status_code == 200, asset
            assert httpx.get(f"{url}/api/traces").json()["traces"] == []
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


def test_the_base_install_is_small_and_knows_nothing_of_the_server(wheel: Path, tmp_path: Path):
    python = installed(wheel, tmp_path / "environment") / "python"
    look = "import sys, trivet; print(len([m for m in sys.modules if m.startswith('trivet')]))"
    assert (
        int(subprocess.run([python, "-c", look], check=True, capture_output=True, text=True, cwd=tmp_path).stdout) < 20
    )
    packages = [path for path in (tmp_path / "environment" / "lib").glob("python*/site-packages/*") if path.is_dir()]
    size = sum(file.lstat().st_size for path in packages for file in path.rglob("*") if file.suffix != ".pyc")
    assert size < 8 * 1024**2
    up = subprocess.run([python.with_name("trivet"), "up"], capture_output=True, text=True, cwd=tmp_path)
    assert up.returncode == 2 and 'pip install "trivet[server]"' in up.stderr
