"""The guide to writing an instrumentation, followed word by word."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from sdk.collector import Collector

GUIDE = Path(__file__).parents[2] / "docs/guides/write-an-instrumentation.md"
APP = "import shop\nqueue = shop.Queue('video')\nqueue.send('encode')\nshop.Worker(queue).run()\n"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


def typed(command: str, where: Path) -> str:
    """What a command of the guide prints; it runs with this Python."""
    words = [sys.executable if word == "python" else word for word in shlex.split(command)]
    if words[0] == "trivet":
        words = [sys.executable, "-m", *words]
    done = subprocess.run(words, cwd=where, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_guide_step_by_step(tmp_path: Path):
    library, rules, test = blocks("python")
    look, run_tests, use = (block.strip() for block in blocks("sh"))
    (tmp_path / "shop.py").write_text(library)
    (tmp_path / "app.py").write_text(APP)

    typed(look, tmp_path)
    assert "2 passed" in typed(run_tests, tmp_path), "as it was written"
    (tmp_path / "trivet_rules/shop_rules.py").write_text(rules)
    (tmp_path / "trivet_rules/test_shop_rules.py").write_text(test)
    assert "1 passed" in typed(run_tests, tmp_path)

    with Collector() as collector:
        typed(use.replace("--rules", f"--endpoint {collector.url} --rules"), tmp_path)
    send, process = sorted(collector.spans, key=lambda span: span.start_time_unix_nano)
    assert (send.name, process.name) == ("send video", "process video")
    assert (process.trace_id, process.parent_span_id) == (send.trace_id, send.span_id)
