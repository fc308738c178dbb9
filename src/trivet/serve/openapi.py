"""The OpenAPI document of the API, made from the types of its calls and of the few endpoints that are no calls.

python -m trivet.serve.openapi      prints it; the types of the pages are made from that
"""

import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import inspect as types

from trivet.serve.answering import EVENTS, Progress
from trivet.serve.calls import Call
from trivet.serve.codes import CODES
from trivet.serve.problems import ErrorAnswer
from trivet.version import __version__

REFERENCE = "#/components/schemas/{name}"
ABOUT = (
    "Instants are unix nanoseconds as strings, durations nanoseconds as numbers, ids lower-case hexadecimal. Where JSON"
    ' lacks a value, it is an object of one key: {"$int": "…"}, {"$double": "NaN"}, {"$bytes": "<base64>"}.'
)

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An endpoint that is no Call, for the document. `events`: server-sent events and what their data is."""

    method: str
    path: str
    name: str
    summary: str
    asked: type | None = None
    answered: type | None = None
    status: int = 200
    media: str = "application/json"
    failed: type = ErrorAnswer
    events: Mapping[str, type] = field(default_factory=dict)

    @classmethod
    def of(cls, call: Call) -> "Endpoint":
        summary = (inspect.getdoc(call.answer) or "").partition("\n")[0]
        return cls(
            method=call.method,
            path=call.path,
            name=call.name,
            summary=summary,
            asked=call.asked,
            answered=call.answered,
            events=events_of(call),
        )

    @property
    def answers(self) -> list[type]:
        return [kind for kind in (self.answered, *self.events.values()) if kind is not None]


def events_of(call: Call) -> dict[str, type]:
    """What a caller hears who asks to be told."""
    return {"progress": Progress, "result": call.answered, "error": ErrorAnswer} if call.progress else {}


def document(calls: Sequence[Call], others: Sequence[Endpoint] = ()) -> Json:
    """OpenAPI 3.1, which takes JSON Schema as msgspec writes it."""
    endpoints = [*map(Endpoint.of, calls), *others]
    answers = [kind for endpoint in endpoints for kind in endpoint.answers]
    asked = [endpoint.asked for endpoint in endpoints if endpoint.asked is not None]
    failures = [ErrorAnswer, *(endpoint.failed for endpoint in endpoints)]
    kinds = list(dict.fromkeys([*answers, *asked, *failures]))
    references, schemas = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
    _require_what_is_always_said([*answers, *failures], schemas)
    schemas["Problem"]["properties"]["code"]["enum"] = sorted(CODES)
    pages = _Pages(dict(zip(kinds, references, strict=True)), schemas)
    paths: Json = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = pages.operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trivet", "version": __version__, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "trivet_session"},
            },
        },
        "security": [{}, {"token": []}, {"session": []}],
    }


@dataclass(frozen=True)
class _Pages:
    """The operations of the document: references to the types, and their schemas."""

    references: Mapping[type, Json]
    schemas: Json

    def operation(self, endpoint: Endpoint) -> Json:
        operation: Json = {
            "operationId": endpoint.name,
            "summary": endpoint.summary,
            "responses": {
                str(endpoint.status): self._answer(endpoint),
                "default": {"description": "what went wrong", "content": self._json(endpoint.failed)},
            },
        }
        if endpoint.asked and endpoint.method == "POST":
            operation["requestBody"] = {"required": True, "content": self._json(endpoint.asked)}
        elif endpoint.asked:
            operation["parameters"] = self._parameters(endpoint)
        return operation

    def _answer(self, endpoint: Endpoint) -> Json:
        content: Json = {}
        if endpoint.answered:
            content |= self._json(endpoint.answered)
        elif endpoint.status != 204 and endpoint.media != EVENTS:
            content |= {endpoint.media: {"schema": {"type": "string"}}}
        if endpoint.events:
            events = {name: self.references[kind] for name, kind in endpoint.events.items()}
            content |= {EVENTS: {"schema": {"type": "string"}, "x-events": events}}
        return {"description": "the answer"} | ({"content": content} if content else {})

    def _json(self, kind: type) -> Json:
        return {"application/json": {"schema": self.references[kind]}}

    def _parameters(self, endpoint: Endpoint) -> list[Json]:
        """The fields of the parameters' type: those that stand in the path, and the rest in the query."""
        schema = self.schemas[self.references[endpoint.asked]["$ref"].rpartition("/")[2]]
        in_path = set(re.findall(r"\{(\w+)", endpoint.path))
        return [
            {
                "name": name,
                "in": "path" if name in in_path else "query",
                "required": name in in_path or name in schema.get("required", ()),
                "schema": kind,
            }
            for name, kind in schema["properties"].items()
        ]


def _require_what_is_always_said(answers: Iterable[type], schemas: Json) -> None:
    """A field of an answer that has a default is encoded all the same, unless its type leaves defaults out."""
    for kind in _structs(types.multi_type_info(list(dict.fromkeys(answers)))):
        schema = schemas.get(kind.cls.__name__)
        if schema and not kind.cls.__struct_config__.omit_defaults:
            always = [name for name, value in schema["properties"].items() if "default" in value]
            schema["required"] = [
                name for name in schema["properties"] if name in always or name in schema.get("required", ())
            ]


def _structs(kinds: Iterable[types.Type]) -> Iterator[types.StructType]:
    """Every struct that is reached from these types, once."""
    seen: set[type] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, types.StructType):
            if kind.cls in seen:
                continue
            seen.add(kind.cls)
            yield kind
            waiting += [each.type for each in kind.fields]
        waiting += _parts(kind)


def _parts(kind: types.Type) -> list[types.Type]:
    if isinstance(kind, types.UnionType):
        return list(kind.types)
    if isinstance(kind, types.TupleType):
        return list(kind.item_types)
    if isinstance(kind, types.DictType):
        return [kind.value_type]
    return [kind.item_type] if isinstance(kind, types.CollectionType) else []


def main() -> None:
    from trivet.serve.app import described

    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(described()), indent=2) + b"\n")


if __name__ == "__main__":
    main()
