SELECT toUnixTimestamp64Nano({{time}}) AS at, {{columns}}
FROM {{table}}
WHERE {{rows}}
