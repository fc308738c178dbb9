-- The operations of the spans that match, and how often each.
SELECT service, name, count() AS counted
FROM otel_spans
WHERE {{rows}}
GROUP BY service, name
ORDER BY counted DESC
LIMIT {limit:UInt32}
