"""Items put under the resources and scopes that they came from, as a request holds them."""

from collections.abc import Mapping, Sequence
from typing import Any

from trivet.query.export.values import Json, key_values, said
from trivet.query.origins import Described, described

# Signal → what a request calls its resources and its scopes.
NAMES = {
    "traces": ("resourceSpans", "scopeSpans"),
    "logs": ("resourceLogs", "scopeLogs"),
    "metrics": ("resourceMetrics", "scopeMetrics"),
}


class Groups:
    """Collects items; `resources` are their attributes by resource id: keys and texts."""

    def __init__(self, signal: str, items: str, resources: Mapping[int, tuple[Sequence[str], Sequence[str]]]):
        self._names = NAMES[signal]
        self._items = items
        self._resources = resources
        self._groups: dict[int, Json] = {}
        self._scopes: dict[tuple[int, str], list[Any]] = {}

    def of(self, resource_id: int, origin: str) -> list[Any]:
        """The list that an item of this origin belongs in."""
        place = (resource_id, origin)
        if place not in self._scopes:
            came = described(origin)
            group = self._groups.get(resource_id)
            if group is None:
                group = self._groups[resource_id] = self._group(resource_id, came)
            self._scopes[place] = []
            group[self._names[1]].append(_scope(came) | {self._items: self._scopes[place]})
        return self._scopes[place]

    def request(self) -> Json:
        return {self._names[0]: list(self._groups.values())}

    def _group(self, resource_id: int, came: Described) -> Json:
        keys, texts = self._resources.get(resource_id, ((), ()))
        resource = said(
            attributes=key_values(keys, texts, came.resource_types[: len(keys)]),
            droppedAttributesCount=came.resource_dropped,
            entityRefs=[
                said(
                    schemaUrl=each.schema_url,
                    type=each.type,
                    idKeys=each.id_keys,
                    descriptionKeys=each.description_keys,
                )
                for each in came.entity_refs
            ],
        )
        return {"resource": resource, self._names[1]: []} | said(schemaUrl=came.resource_schema_url)


def _scope(came: Described) -> Json:
    scope = said(
        name=came.scope_name,
        version=came.scope_version,
        attributes=key_values(came.scope_keys, came.scope_texts, came.scope_types),
        droppedAttributesCount=came.scope_dropped,
    )
    return {"scope": scope} | said(schemaUrl=came.scope_schema_url)
