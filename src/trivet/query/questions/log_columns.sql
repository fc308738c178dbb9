toUnixTimestamp64Nano(time) AS at, toUnixTimestamp64Nano(observed_time) AS observed, clamped,
       severity_number, severity_text, body, CAST(body_type, 'Int8') AS body_kind, event_name,
       mapKeys(attributes) AS keys, mapValues(attributes) AS texts, CAST(types, 'Array(Int8)') AS kinds,
       lower(hex(span_id)) AS span_hex, service, lower(hex(id)) AS id_hex, flags, dropped_attributes,
       resource_id, origin
