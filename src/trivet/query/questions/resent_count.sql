-- Whether anything that a question reads had been sent before: hardly ever.
SELECT count()
FROM (
{{resent}}
)
