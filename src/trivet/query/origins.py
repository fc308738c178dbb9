"""Where rows came from: their resources and instrumentation scopes, listed once per answer.

A resource is named by a hash of its content that never stands for anything else, so what was read once is kept, and the
statements for traces and records leave its map out (1 of some 10 ms).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import msgspec

from trivet.query.answers import EntityRef, Resource, Scope
from trivet.query.ask import Ask, together
from trivet.query.attributes import attributes

KEPT = 20_000


class Row(Protocol):
    """What every row says about where it came from; `TABLE` is where it lies."""

    TABLE: str
    resource_id: int
    origin: str


class Described(msgspec.Struct):
    """What `trivet_origin` says: all but the resource's attributes."""

    resource_types: list[int]
    resource_dropped: int
    resource_schema_url: str
    entity_refs: list[EntityRef]
    scope_name: str
    scope_version: str
    scope_keys: list[str]
    scope_texts: list[str]
    scope_types: list[int]
    scope_dropped: int
    scope_schema_url: str


class Known(NamedTuple):
    """A resource, and the process (the clock) that it names."""

    process: str
    resource: Resource


# The row was dropped between two statements.
NOT_KEPT = Known("", Resource({}, 0, "", []))


class Origins:
    """Collects the origins of an answer's rows and hands out their places in its lists."""

    def __init__(self) -> None:
        self.tables: dict[int, str] = {}
        self.scopes: list[Scope] = []
        self._resource_places: dict[int, int] = {}
        self._scope_places: dict[str, int] = {}

    def resource(self, row: Row) -> int:
        place = self._resource_places.setdefault(row.resource_id, len(self._resource_places))
        self.tables.setdefault(row.resource_id, row.TABLE)
        return place

    def scope(self, row: Row) -> int:
        place = self._scope_places.get(row.origin)
        if place is None:
            place = self._scope_places[row.origin] = self._listed(scope(row.origin))
        return place

    def _listed(self, scope: Scope) -> int:
        """One place for what different resources have in common."""
        if scope not in self.scopes:
            self.scopes.append(scope)
        return self.scopes.index(scope)


@lru_cache(4096)
def scope(origin: str) -> Scope:
    said = described(origin)
    held = attributes(said.scope_keys, said.scope_texts, said.scope_types)
    return Scope(said.scope_name, said.scope_version, held, said.scope_dropped, said.scope_schema_url)


@lru_cache(4096)
def described(origin: str) -> Described:
    return msgspec.json.decode(origin, type=Described)


class Resources:
    """The resources that were read so far; of very many the oldest are forgotten."""

    def __init__(self, ask: Ask):
        self._ask = ask
        self._known: dict[int, Known] = {}

    async def of(self, tables: Mapping[int, str], rows: str, params: Mapping[str, Any]) -> dict[int, Known]:
        """Resources by id, in the order of `tables`, which says where each id was seen; `rows` is the condition (with
        its `params`) that those rows meet."""
        missing: dict[str, list[int]] = {}
        for each, table in tables.items():
            if each not in self._known:
                missing.setdefault(table, []).append(each)
        if missing:
            await together(*(self._read(table, ids, rows, params) for table, ids in missing.items()))
        found = {each: self._known.get(each, NOT_KEPT) for each in tables}
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return found

    async def _read(self, table: str, ids: list[int], rows: str, params: Mapping[str, Any]) -> None:
        answer = await self._ask.answer("resources", {"ids": ids, **params}, table=table, rows=rows)
        for resource_id, process, keys, texts, origin in answer.rows:
            said = described(origin)
            held = attributes(keys, texts, said.resource_types)
            resource = Resource(held, said.resource_dropped, said.resource_schema_url, said.entity_refs)
            self._known[resource_id] = Known(process, resource)
