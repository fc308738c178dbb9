{{time}} BETWEEN (SELECT min(start) FROM trace_ranges WHERE trace_id = toFixedString(unhex({trace:String}), 16))
    AND (SELECT max(end) FROM trace_ranges WHERE trace_id = toFixedString(unhex({trace:String}), 16))
