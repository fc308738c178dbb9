from pathlib import Path

import pytest

from trivet.demo.tour import DEFAULT_URL, TOURS, printed, tour

GUIDES = Path(__file__).parents[2] / "docs" / "guides"


@pytest.mark.parametrize("name", ["upload", "incident"])
def test_the_guide_is_the_tour(name: str):
    assert (GUIDES / f"{name}.md").read_text() == (TOURS / f"{name}.md").read_text()


@pytest.mark.parametrize("name", ["upload", "incident"])
def test_links_lead_to_the_running_page(name: str):
    there = tour(name, "http://127.0.0.1:5000")
    links = [address for step in there.steps for _, address in step.links]
    assert len(links) > 3
    assert all(address.startswith("http://127.0.0.1:5000/") for address in links)
    assert DEFAULT_URL + "/" in (TOURS / f"{name}.md").read_text()


def test_a_terminal_gets_every_step_and_where_to_look():
    lines = "\n".join(printed("http://127.0.0.1:5000", calm=False)).splitlines()
    assert lines[0] == "One upload, from start to finish (docs/guides/upload.md)"
    assert "  1. Something is wrong" in lines
    assert lines[lines.index("  1. Something is wrong") + 1] == "     http://127.0.0.1:5000/services"


def test_a_calm_day_has_no_incident_to_tour():
    assert not any("stalled" in line for line in printed("http://127.0.0.1:5000", calm=True))
