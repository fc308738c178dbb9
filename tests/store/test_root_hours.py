"""How long roots took, by the hour: filled from what an older store holds, and kept up from then on."""

from collections.abc import Callable

import pytest

from trivet.store import migrations
from trivet.store.client import Client

HOUR = 1_790_000_000 // 3600 * 3600
SPANS = """
INSERT INTO otel_spans (day, trace_id, span_id, parent_span_id, name, kind, start, duration, service, received)
SELECT toDate(start), toFixedString(toString(number), 16), toFixedString(toString(number), 8),
       toFixedString(if(number % 2 = 0, '', 'parent'), 8), 'GET /', 2,
       fromUnixTimestamp64Nano(toInt64({at:UInt64} + 60 * intDiv(number, 20)) * 1000000000) AS start,
       number * 1000000, 'web', start
FROM numbers(200)
"""
HELD = """
SELECT toUnixTimestamp(hour) AS at, sum(samples) AS roots,
       arrayMap(each -> round(each / 1e6), quantilesTDigestWeightedMerge(0.5, 0.95, 0.99)(durations)) AS ms
FROM root_hours WHERE service = 'web' AND name = 'GET /'
GROUP BY hour ORDER BY hour
"""


def test_an_older_store_gets_its_hours_and_later_spans_are_added(older: Callable[[int], Client]):
    client = older(3)
    client.command(SPANS, params={"at": HOUR})
    migrations.migrate(client, client.address.database)
    [before] = client.rows(HELD)
    assert (before["at"], before["roots"]) == (HOUR, 100)
    assert before["ms"][0] == pytest.approx(99, abs=3)
    client.command(SPANS, params={"at": HOUR + 3600})
    assert [(row["at"], row["roots"]) for row in client.rows(HELD)] == [(HOUR, 100), (HOUR + 3600, 100)]

    client.command("ALTER TABLE schema_versions DELETE WHERE version = 4", settings={"mutations_sync": 1})
    migrations.migrate(client, client.address.database)
    assert [row["roots"] for row in client.rows(HELD)] == [100, 100], "a migration run again counts nothing twice"
