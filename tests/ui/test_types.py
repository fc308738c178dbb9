"""The pages' types are those of the server as it is."""

import subprocess
import sys
from pathlib import Path

import pytest

UI = Path(__file__).parent.parent.parent / "ui"


@pytest.mark.node
def test_the_types_are_fresh(tmp_path: Path):
    document = subprocess.run([sys.executable, "-m", "trivet.serve.openapi"], capture_output=True, check=True).stdout
    node = Path(sys.executable).with_name("node")
    made = tmp_path / "server.ts"
    subprocess.run([node, "make-types.ts", made], cwd=UI, input=document, check=True)
    assert made.read_text() == (UI / "src/model/server.ts").read_text(), "`make setup` makes them anew"
