-- Made-up traces of ten spans, written past the receiver: what questions cost depends on what lies in the store. One
-- tenant in 200 is slow, because its third statement waits for a lock.
INSERT INTO otel_spans (
    day, trace_id, span_id, parent_span_id, flags, name, kind, start, duration, status_code, service, attributes, types, ints,
    resource, resource_id, scope, origin, `events.name`, `events.attributes`, received, record, ordinal)
WITH intDiv(number, 10) AS trace, number % 10 AS at,
     sipHash64(trace, 1) AS a, sipHash64(trace, 2) AS b, sipHash64(trace, 3) AS c, sipHash64(number, 4) AS d,
     a % 200 AS tenant, tenant = 137 AS slow, toString(b % 20) AS route, toString(d % 30) AS table_number,
     fromUnixTimestamp64Nano({start:Int64} + toInt64(trace * {every:Int64}) + toInt64(at * 1000000), 'UTC') AS begun,
     multiIf(at IN (0, 1), 'web', at = 9, 'worker', 'api') AS who,
     ['http.response.status_code', 'http.request.body.size', 'db.rows'] AS numbers,
     multiIf(
         at = 0, map('http.route', concat('/r', route), 'http.request.method', 'GET', 'http.response.status_code', '200',
                     'user.id', concat('user-', toString(b % 50000)), 'tenant', concat('t', toString(tenant)),
                     'url.path', concat('/r', route, '/', toString(c)), 'http.request.body.size', toString(c % 100000),
                     'client.address', concat('10.0.', toString(c % 256), '.', toString(b % 256))),
         at IN (1, 2), map('http.request.method', 'GET', 'http.response.status_code', '200',
                           'server.address', 'api.internal', 'url.full', concat('http://api/r', route, '/', toString(c))),
         at = 9, map('messaging.system', 'bullmq', 'messaging.destination.name', 'videos', 'messaging.message.id', toString(d)),
         map('db.system.name', 'postgresql', 'db.rows', toString(d % 1000), 'server.address', concat('pg-', toString(a % 3)),
             'db.collection.name', if(slow AND at = 5, 'locks', concat('table', table_number)),
             'db.query.text', concat('SELECT * FROM table', table_number, ' WHERE id = $1'))) AS held
SELECT toDate(begun), unhex(leftPad(hex(trace + 1), 32, '0')), reinterpretAsFixedString(number + 1),
       if(at = 0, toFixedString('', 8), reinterpretAsFixedString(toUInt64(trace * 10 + if(at < 3, at - 1, 2) + 1))), 1,
       multiIf(at = 0, concat('GET /r', route), at = 1, 'call api', at = 2, concat('api /r', route), at = 9, 'videos publish',
               concat('SELECT table', table_number)),
       multiIf(at IN (0, 2), 2, at = 9, 4, 3), begun,
       toInt64((1000000 * exp((c % 1000) / 250.) + slow * 1500000000) / (at + 1)), if(d % 100 = 0, 2, 0), who, held,
       arrayMap(key -> if(has(numbers, key), 3, 1), mapKeys(held)),
       CAST(arrayMap(key -> (key, toInt64OrZero(held[key])), arrayFilter(key -> has(numbers, key), mapKeys(held))),
            'Map(LowCardinality(String), Int64)'),
       map('service.name', who, 'service.version', concat('1.', toString(a % 3)), 'host.name', concat('host-', toString(c % 12))),
       cityHash64(who, c % 12), 'bench', {origin:String},
       if(d % 100 = 0, ['exception'], []),
       if(d % 100 = 0, [map('exception.type', 'TimeoutError', 'exception.message', concat('after ', toString(d % 1000), ' ms'))], []),
       begun + INTERVAL 1 SECOND, intDiv(number, 500), number % 500
FROM numbers({from:UInt64}, {count:UInt64})
