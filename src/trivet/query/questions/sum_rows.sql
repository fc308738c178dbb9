SELECT toUnixTimestamp64Nano({{time}}) AS at, {{columns}}
FROM (SELECT * FROM {{table}} WHERE {{rows}}) AS matching{{joins}}
