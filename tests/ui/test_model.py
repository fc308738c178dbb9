"""The pages' own tests and their style: what needs no browser."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PATH = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.node
@pytest.mark.parametrize("command", ["test", "lint"])
def test_npm_run(command: str):
    environment = {**os.environ, "PATH": PATH, "NO_COLOR": "1"}
    done = subprocess.run(
        ["npm", "run", "--silent", command],
        cwd=ROOT / "ui",
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
