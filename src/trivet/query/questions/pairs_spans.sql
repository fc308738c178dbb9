-- What a span says of itself, as (scope, name, text, type).
arrayConcat(
    arrayMap((key, text, kind) -> ('span', key, text, kind), mapKeys(attributes), mapValues(attributes), CAST(types,
        'Array(Int8)')),
    arrayMap((key, text, kind) -> ('resource', key, text, kind), mapKeys(resource), mapValues(resource),
        JSONExtract(origin, 'resource_types', 'Array(Int8)')),
    arrayMap((key, text, kind) -> ('scope', key, text, kind), mapKeys(scope_attributes), mapValues(scope_attributes),
        JSONExtract(origin, 'scope_types', 'Array(Int8)')),
    arrayFlatten(arrayMap(event -> arrayMap((key, text) -> ('event', key, text, 1), mapKeys(event), mapValues(event)),
        `events.attributes`)),
    arrayMap(event -> ('intrinsic', 'event', event, 1), `events.name`),
    arrayFilter(pair -> pair.3 != '', [
        ('intrinsic', 'service', service, 1),
        ('intrinsic', 'name', name, 1),
        ('intrinsic', 'kind', transform(kind, [1, 2, 3, 4, 5], ['internal', 'server', 'client', 'producer',
            'consumer'], 'unspecified'), 1),
        ('intrinsic', 'status', transform(status_code, [1, 2], ['ok', 'error'], 'unset'), 1),
        ('intrinsic', 'status.message', status_message, 1),
        ('intrinsic', 'root', if(parent_span_id = toFixedString('', 8), 'true', 'false'), 2),
        ('intrinsic', 'scope', scope, 1),
        ('intrinsic', 'scope.version', scope_version, 1)]))
