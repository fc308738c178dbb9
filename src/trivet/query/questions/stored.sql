SELECT sumIf(rows, table = 'otel_spans') AS spans, sumIf(rows, table = 'running_spans') AS reports
FROM system.parts
WHERE active AND database = currentDatabase() AND table IN ('otel_spans', 'running_spans')
