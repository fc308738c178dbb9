-- How many spans a sampled one stands for. `ot=th:` is the rejection threshold, 14 hexadecimal digits with trailing
-- zeros left out. https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
CREATE OR REPLACE FUNCTION trivet_weight AS (trace_state) -> if(
    position(trace_state, 'ot=') = 0, toFloat32(1),
    toFloat32(72057594037927936 / (72057594037927936 - reinterpretAsUInt64(reverse(unhex(concat('00',
        rightPad(extract(trace_state, '(?:^|,)\\s*ot=(?:[^,]*;)?th:([0-9a-f]{1,14})'), 14, '0'))))))))
