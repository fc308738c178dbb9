{{time}} BETWEEN (SELECT min(start) FROM trace_ranges WHERE {{traces_wanted}})
    AND (SELECT max(end) FROM trace_ranges WHERE {{traces_wanted}})
