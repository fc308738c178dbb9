trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16))
