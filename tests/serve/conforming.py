"""Answers held against the OpenAPI document, by a validator that knows nothing of ours."""

from copy import deepcopy
from typing import Any

from jsonschema import Draft202012Validator


def conform(answer: Any, document: dict[str, Any], method: str, path: str, status: str = "200") -> None:
    """Fails where an answer is not what the document says of it, and where it says more."""
    content = document["paths"][path][method.lower()]["responses"][status]["content"]
    held_against(answer, content["application/json"]["schema"], document)


def held_against(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> None:
    whole = schema | {"components": _closed(document["components"])}
    errors = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(value)]
    assert not errors, "\n".join(errors)


def _closed(components: dict[str, Any]) -> dict[str, Any]:
    """The schemas, with fields that they do not name forbidden."""
    closed = deepcopy(components)
    for schema in closed["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return closed
