-- What a series says of itself, as (scope, name, text, type).
arrayConcat(
    arrayMap((key, text, kind) -> ('metric', key, text, kind), mapKeys(attributes), mapValues(attributes), CAST(types,
        'Array(Int8)')),
    arrayMap((key, text, kind) -> ('resource', key, text, kind), mapKeys(resource), mapValues(resource),
        JSONExtract(origin, 'resource_types', 'Array(Int8)')),
    arrayMap((key, text, kind) -> ('scope', key, text, kind), mapKeys(scope_attributes), mapValues(scope_attributes),
        JSONExtract(origin, 'scope_types', 'Array(Int8)')),
    arrayFilter(pair -> pair.3 != '', [
        ('intrinsic', 'service', service, 1),
        ('intrinsic', 'metric', metric, 1),
        ('intrinsic', 'type', CAST(type, 'String'), 1),
        ('intrinsic', 'unit', unit, 1),
        ('intrinsic', 'scope', scope, 1),
        ('intrinsic', 'scope.version', scope_version, 1)]))
