LEFT ANY JOIN (
    SELECT {{keys}}, {{values}} AS {{name}}
    FROM {{table}}
    WHERE {{rows}}
    GROUP BY {{group}}
) AS {{name}}_of ON {{on}}
