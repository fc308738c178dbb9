"""The two tours: Markdown with a link into the page at every step, which the guides have, and terminals in short."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOURS = Path(__file__).parent / "tours"
DEFAULT_URL = "http://127.0.0.1:4318"  # what the links say where no demo has printed them
LINK = re.compile(r"\[([^\]]+)\]\((http[^)\s]+)\)")
EXPECTED = re.compile(r"Look for\s+`([^`]+)`")


@dataclass(frozen=True)
class Step:
    title: str
    links: list[tuple[str, str]]  # words and address
    expected: list[str]  # what stands on the page behind the first link


@dataclass(frozen=True)
class Tour:
    title: str
    steps: list[Step]


def tour(name: str, url: str) -> Tour:
    """`upload` or `incident`, with links to the server at `url`."""
    title, *parts = re.split(r"^##? ", (TOURS / f"{name}.md").read_text(), flags=re.MULTILINE)[1:]
    return Tour(title.partition("\n")[0], [_step(part, url) for part in parts])


def _step(text: str, url: str) -> Step:
    title, _, body = text.partition("\n")
    links = [(" ".join(words.split()), there.replace(DEFAULT_URL, url)) for words, there in LINK.findall(body)]
    return Step(title, links, EXPECTED.findall(body))


def printed(url: str, calm: bool) -> Iterator[str]:
    """Lines for a terminal: a title, then its steps with where to look."""
    for name in ("upload",) if calm else ("upload", "incident"):
        shown = tour(name, url)
        yield f"{shown.title} (docs/guides/{name}.md)"
        for step in shown.steps:
            yield f"  {step.title}" + "".join(f"\n     {there}" for _, there in step.links[:1])
