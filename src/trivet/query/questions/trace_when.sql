{{time}} BETWEEN tupleElement((SELECT (min(start), max(end)) FROM trace_ranges
                               WHERE trace_id = toFixedString(unhex({trace:String}), 16)) AS extent, 1)
    AND tupleElement(extent, 2)