"""What a browser downloads: small, and nothing that the content security policy would refuse."""

import gzip
import re
from pathlib import Path

BUILT = Path(__file__).parent.parent.parent / "src" / "trivet" / "serve" / "ui"
MOST_SCRIPT = 300_000


def test_the_scripts_of_the_first_page_are_small():
    page = (BUILT / "index.html").read_text()
    scripts = re.findall(r'<script[^>]* src="/([^"]+)"', page)
    assert scripts
    assert sum(len(gzip.compress((BUILT / name).read_bytes())) for name in scripts) <= MOST_SCRIPT


def test_the_page_has_no_inline_script_or_style():
    page = (BUILT / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert all(not body.strip() for body in re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL))


def test_nothing_comes_from_elsewhere():
    for path in (*BUILT.rglob("*.html"), *BUILT.rglob("*.css")):
        assert not re.search(r"""(?:url\(|src=|href=)["']?(?:https?:)?//""", path.read_text()), path
