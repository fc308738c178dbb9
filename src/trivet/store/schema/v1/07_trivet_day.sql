-- The partition of a row: the UTC day it happened, if that is credible, else the day it came.
CREATE OR REPLACE FUNCTION trivet_day AS (time, received) -> if(
    toDate(time, 'UTC') BETWEEN toDate(received, 'UTC') - 30 AND toDate(received, 'UTC') + 1,
    toDate(time, 'UTC'), toDate(received, 'UTC'))
