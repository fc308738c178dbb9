received >= (SELECT ifNull(max(minute) + INTERVAL 1 MINUTE, toDateTime(0, 'UTC')) FROM steps
    WHERE step = 'catalogue')
