"""The OpenAPI document: all of the API is in it, and it is true."""

import ast
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator
from msgspec import UNSET, Struct, UnsetType
from serve.conforming import conform, held_against
from serve.site import Site

import trivet
from trivet.serve.app import described
from trivet.serve.calls import Call
from trivet.serve.codes import CODES
from trivet.serve.openapi import document
from trivet.serve.pages import PAGES

PACKAGE = Path(trivet.__file__).parent
# What has words of its own: the command line and what runs in apps.
NOT_THE_SERVER = {"cli", "sdk", "instrument", "demo", "doctor", "migrate"}


def test_every_schema_is_one():
    for schema in described()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_route_is_in_the_document(site: Site):
    paths = site.get("/api/openapi.json").json()["paths"]
    routes = {path.replace("{name:path}", "{name}") for path in site.routes}
    assert routes - set(PAGES) == set(paths)


def test_the_document_needs_no_server(site: Site):
    assert site.get("/api/openapi.json").json() == msgspec.json.decode(msgspec.json.encode(described()))


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/api/traces/123", 400, "bad_id"), ("GET", "/api/traces", 503, "unavailable")],
)
def test_errors_are_as_documented(site: Site, method: str, path: str, status: int, code: str):
    answer = site.http.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    conform(answer.json(), described(), "GET", "/api/traces", "default")


def test_what_the_document_does_not_say_is_found_out():
    for error in ({"code": "bad_luck", "message": "m"}, {"code": "bad_id"}, {"code": "bad_id", "message": "m", "b": 1}):
        with pytest.raises(AssertionError):
            conform({"error": error}, described(), "GET", "/api/traces", "default")


def test_events_are_documented_with_their_data():
    [answer] = described()["paths"]["/api/live"]["get"]["responses"]["200"]["content"].values()
    assert set(answer["x-events"]) == {"span", "log", "skipped", "error"}
    held_against({"count": 3}, answer["x-events"]["skipped"], described())


class Inner(Struct, omit_defaults=True):
    here: int
    left_out: int = 0


class Answer(Struct):
    here: int
    said_all_the_same: int = 0
    inner: list[Inner | None] | UnsetType = UNSET


class Asked(Struct):
    limit: int = 100


async def ask(asked: Asked) -> Answer: ...


def test_what_answers_always_say_is_required_of_them():
    schemas = document([Call("GET", "/ask", ask)])["components"]["schemas"]
    required = {name: schemas[name]["required"] for name in ("Answer", "Inner", "Asked")}
    assert required == {"Answer": ["here", "said_all_the_same"], "Inner": ["here"], "Asked": []}


def spoken(tree: ast.AST) -> Iterator[str]:
    """Words that stand as `code="…"` in a call or as `code = "…"` in a class."""
    for node in ast.walk(tree):
        named = isinstance(node, ast.keyword) and node.arg == "code"
        assigned = isinstance(node, ast.Assign) and [ast.unparse(each) for each in node.targets] == ["code"]
        if (named or assigned) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def test_every_code_is_in_the_list_and_the_list_has_no_other():
    files = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in NOT_THE_SERVER]
    found = {word for path in files for word in spoken(ast.parse(path.read_text()))} - {"cannot_start"}
    assert found == set(CODES)
