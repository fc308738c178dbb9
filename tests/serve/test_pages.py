"""The bundle as static files."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from serve.site import Site

from trivet.serve.pages import PAGES, UI

INDEX = "<!doctype html><title>Trivet</title>" + " " * 500


@pytest.fixture
def ui(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "assets" / "index-abc123.js").write_text("console.log('x');" * 100)
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


@pytest.fixture
def pages(serving: Callable[..., Site], ui: Path) -> Site:
    return serving(ui=ui)


@pytest.mark.parametrize("path", [path.format(trace_id="0" * 32, name="web%20app") for path in PAGES])
def test_every_page_is_the_bundles_index(pages: Site, path: str):
    answer = pages.get(path)
    assert answer.text == INDEX
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/nothing", "/traces/a/b", "/index", "/logs/x", "/assets/", "/assets/none.js"])
def test_no_other_path_is(pages: Site, path: str):
    answer = pages.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_hashed_files_are_kept_for_ever_others_asked_for_again(pages: Site):
    hashed, plain = pages.get("/assets/index-abc123.js"), pages.get("/icon.svg")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in hashed.headers["content-type"]
    assert plain.headers["cache-control"] == "no-cache"
    assert plain.headers["content-type"] == "image/svg+xml"
    again = pages.get("/icon.svg", headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_compressed_where_that_helps(pages: Site):
    assert pages.get("/assets/index-abc123.js").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in pages.get("/icon.svg").headers
    plain = pages.get("/", headers={"accept-encoding": "identity"})
    assert plain.text == INDEX
    assert len(gzip.compress(plain.content)) < len(plain.content)


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd"]
)
def test_nothing_outside_of_the_bundle(pages: Site, path: str):
    assert pages.get(path).status_code == 404


def test_a_new_build_is_seen(pages: Site, ui: Path):
    assert pages.get("/").text == INDEX
    (ui / "index.html").write_text("new")
    os.utime(ui / "index.html", ns=(1, 1))
    assert pages.get("/").text == "new"


def test_without_a_bundle_a_page_says_how_to_get_one(site: Site):
    answer = site.get("/traces/abc")
    assert answer.status_code == 503
    assert "make setup" in answer.text


def test_the_bundle_lies_beside_the_code():
    assert UI.parent.name == "serve"
