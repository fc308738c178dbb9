"""The OpenAPI document of the API, made from the types of its calls."""

import inspect
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from trivet.serve.calls import Call
from trivet.serve.problems import ErrorAnswer
from trivet.version import __version__

REFERENCE = "#/components/schemas/{name}"


def document(calls: Sequence[Call]) -> dict[str, Any]:
    """OpenAPI 3.1, which takes JSON Schema as msgspec writes it."""
    types = [kind for call in calls for kind in (call.asked, call.answered) if kind is not None]
    _, components = msgspec.json.schema_components([*dict.fromkeys(types), ErrorAnswer], ref_template=REFERENCE)
    paths: dict[str, Any] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trivet", "version": __version__, "description": "Instants are unix nanoseconds as strings."},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "trivet_session"},
            },
        },
        "security": [{}, {"token": []}, {"session": []}],
    }


def _operation(call: Call, components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": call.name,
        "summary": (inspect.getdoc(call.answer) or "").partition("\n")[0],
        "responses": {
            "200": {"description": "the answer", "content": _json(call.answered)},
            "default": {"description": "what went wrong", "content": _json(ErrorAnswer)},
        },
    }
    if call.asked and call.method == "POST":
        operation["requestBody"] = {"required": True, "content": _json(call.asked)}
    elif call.asked:
        operation["parameters"] = _parameters(call, components[call.asked.__name__])
    return operation


def _json(kind: type) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": REFERENCE.format(name=kind.__name__)}}}


def _parameters(call: Call, schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the parameters' type: those that stand in the path, and the rest in the query."""
    in_path = set(re.findall(r"\{(\w+)", call.path))
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "path" if name in in_path else "query",
            "required": name in in_path or name in required,
            "schema": kind,
        }
        for name, kind in schema["properties"].items()
    ]
