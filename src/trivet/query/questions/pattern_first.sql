SELECT {{place}} AS place, toUnixTimestamp64Nano(min({{time}})) AS first
FROM {{table}}
WHERE {{rows}} AND {{which}}
HAVING count() > 0
