"""The reference is what the program is, and no page points at nothing."""

import re
import runpy
from pathlib import Path

import pytest

from trivet.cli.main import VERBS
from trivet.instrument.catalogue import LIBRARIES
from trivet.serve.codes import CODES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted(DOCS.rglob("*.md"))]
MADE: dict[str, str] = runpy.run_path(str(DOCS / "make_reference.py"))["pages"]()


@pytest.mark.parametrize("name", MADE)
def test_the_reference_is_fresh(name: str):
    assert (DOCS / "reference" / name).read_text() == MADE[name], "`make reference` makes it anew"


def test_the_reference_has_no_page_more():
    assert {path.name for path in (DOCS / "reference").iterdir()} == set(MADE)


def test_the_reference_is_whole():
    assert all(f"| `{code}` |" in MADE["errors.md"] for code in CODES)
    assert all(f"## trivet {verb}\n" in MADE["cli.md"] for verb in VERBS)
    assert "| `retention` | `TRIVET_RETENTION` | `30d` |" in MADE["settings.md"]
    assert "## GET /api/traces/{trace_id}\n" in MADE["api.md"]
    assert "`start` | string | `now-1h`" not in MADE["api.md"]
    assert all(f"| `{each.imports}` | {each.covers} |" in MADE["instrumented.md"] for each in LIBRARIES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    text = page.read_text()
    for target in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#[^)]*)?\)", text):
        assert not target or (page.parent / target).exists(), target
    anchors = {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in headings(text)}
    for anchor in re.findall(r"\]\(#([^)]*)\)", text):
        assert anchor in anchors, anchor


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", text, re.MULTILINE)
