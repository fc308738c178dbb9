"""What an app takes on with `pip install trivet`: the wheel, what an empty environment then holds, and what `import
trivet` costs, against the official SDK with its exporter over HTTP in the same run. What the server adds, too.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
OURS = "import trivet; trivet.start"  # the rest of the package comes with the first name that is asked for
SERVER = "import trivet.pipeline, trivet.serve.app"
THEIRS = "import opentelemetry.sdk.trace.export, opentelemetry.exporter.otlp.proto.http.trace_exporter"
TIMES = 15


def built(directory: Path) -> Path:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = directory.glob("*.whl")
    return wheel


def made(directory: Path) -> Path:
    subprocess.run([UV, "venv", "-q", "--python", sys.executable, directory], check=True)
    return directory


def installed(what: list[str], directory: Path) -> Path:
    """A new environment with these packages in it as locked, everything compiled."""
    made(directory)
    environment = os.environ | {"VIRTUAL_ENV": str(directory)}
    locked = ["-c", str(ROOT / "requirements.lock"), "--compile-bytecode"]
    subprocess.run([UV, "pip", "install", "-q", *locked, *what], check=True, env=environment, cwd=directory)
    return directory


def megabytes(directory: Path) -> float:
    return sum(path.lstat().st_size for path in directory.rglob("*") if path.is_file()) / 2**20


def packages(environment: Path) -> int:
    return len(list(environment.glob("lib/python*/site-packages/*.dist-info")))


def cpu_milliseconds(environment: Path, code: str) -> float:
    """Of a whole process, the least of many: the rest is the machine's."""
    python, taken = environment / "bin" / "python", []
    for _ in range(TIMES):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([python, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken) * 1000


def told(name: str, environment: Path, empty: float, code: str) -> None:
    import_ = cpu_milliseconds(environment, code) - cpu_milliseconds(environment, "pass")
    size = megabytes(environment) - empty
    print(f"{name:36}{packages(environment):4} packages {size:8.1f} MB {import_:8.0f} ms to import", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        wheel = built(directory)
        print(f"{'the wheel':36}{wheel.stat().st_size / 2**20:26.1f} MB")
        empty = megabytes(made(directory / "empty"))
        official = ["opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
        told("trivet", installed([str(wheel)], directory / "base"), empty, OURS)
        told("official SDK and exporter", installed(official, directory / "official"), empty, THEIRS)
        told("trivet[server]", installed([f"{wheel}[server]"], directory / "server"), empty, SERVER)


if __name__ == "__main__":
    main()
