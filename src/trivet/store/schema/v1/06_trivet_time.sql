-- Unix nanoseconds as a time, clamped to what DateTime64(9) holds: 1970 to 2262-04-11.
CREATE OR REPLACE FUNCTION trivet_time AS (nanos) ->
    fromUnixTimestamp64Nano(toInt64(least(nanos, 9223372036854775807)), 'UTC')
