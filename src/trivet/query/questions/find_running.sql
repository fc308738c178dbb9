-- The spans of one trace that match among those that told they were running; `lost` are those whose process is gone.
SELECT lower(hex(span_id)) AS span_hex
FROM (
    SELECT *, lower(hex(span_id)) IN {lost:Array(String)} AS lost
    FROM running_spans FINAL
    WHERE trace_id = toFixedString(unhex({trace:String}), 16)
)
WHERE span_hex IN {open:Array(String)} AND {{filter}}
