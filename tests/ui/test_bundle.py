"""What a browser downloads: small, and nothing that the content security policy would refuse."""

import gzip
import re
from pathlib import Path

BUILT = Path(__file__).parent.parent.parent / "src" / "trivet" / "serve" / "ui"
MOST_SCRIPT = 300_000


def test_the_scripts_of_the_first_page_are_small():
    page = (BUILT / "index.html").read_text()
    scripts = first_scripts(re.findall(r'<script[^>]* src="/([^"]+)"', page))
    assert scripts
    assert sum(len(gzip.compress((BUILT / name).read_bytes())) for name in scripts) <= MOST_SCRIPT


def first_scripts(names: list[str]) -> set[str]:
    """The scripts of the page, and what they cannot begin without."""
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            text = (BUILT / name).read_text()
            names += [f"assets/{each}" for each in re.findall(r"""(?:^|[;}])import[^("']*["']\./([^"']+)["']""", text)]
    return found


def test_a_saved_page_carries_one_script():
    assert not re.search(r"""(?:^|[;}])import[^("']*["']\.""", (BUILT / "alone.js").read_text())


def test_the_page_has_no_inline_script_or_style():
    page = (BUILT / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert all(not body.strip() for body in re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL))


def test_nothing_comes_from_elsewhere():
    for path in (*BUILT.rglob("*.html"), *BUILT.rglob("*.css")):
        assert not re.search(r"""(?:url\(|src=|href=)["']?(?:https?:)?//""", path.read_text()), path
