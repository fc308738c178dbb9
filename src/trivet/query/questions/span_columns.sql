lower(hex(span_id)) AS span_hex, lower(hex(parent_span_id)) AS parent_hex,
       service, name, kind, toUnixTimestamp64Nano(start) AS begin, duration, status_code, flags,
       mapKeys(attributes) AS keys, mapValues(attributes) AS texts, CAST(types, 'Array(Int8)') AS kinds,
       more, resource_id, origin
