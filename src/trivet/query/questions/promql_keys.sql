-- The attributes of these metrics' series, and of their scopes.
SELECT groupUniqArrayArray(mapKeys(attributes)) AS keys, groupUniqArrayArray(mapKeys(scope_attributes)) AS scope_keys
FROM otel_series
WHERE metric IN {metrics:Array(String)}
  AND day >= toDate(fromUnixTimestamp64Nano({start:Int64}), 'UTC')
  AND last_seen >= fromUnixTimestamp64Nano({start:Int64})
