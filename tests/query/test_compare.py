"""Comparing a selection with the rest, out of a real store: a planted cause comes first, noise does not."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from query.conftest import Asking
from telemetry import MS, S, Telemetry

from trivet.query.compare.answers import Comparison, Telling
from trivet.query.compare.compare import CompareQuestions, Extent
from trivet.query.compare.members import Member, Room
from trivet.query.compare.sides import AskedSide
from trivet.query.instant import Range
from trivet.store.client import Client

BEGAN = 1_760_000_000 * S
WITHIN = Range(BEGAN - 60 * S, BEGAN + 3600 * S)
REQUESTS = 1500
SLOW = 1000 * MS
Comparing = Callable[..., Comparison]


@pytest.fixture
def comparing(asking: Asking) -> Comparing:
    def compare(
        selection: str,
        baseline: str | None = None,
        *,
        signal="traces",
        limit: int = 1000,
        extent: Extent = Extent(),
        within: Range = WITHIN,
        before: Range | None = None,
    ) -> Comparison:
        side = AskedSide(selection, within)
        other = None if baseline is None else AskedSide(baseline, before or within)
        return asking(lambda ask: CompareQuestions(ask, extent).compare(signal, side, other, limit))

    return compare


class Requests:
    """Requests with everything that requests have; a test says which are slow and what else there is."""

    def __init__(self, seed: int = 7):
        self.chance = Random(seed)
        self.told = Telemetry(start=BEGAN)

    def each(self, count: int = REQUESTS) -> Iterator[tuple[int, dict[str, Any]]]:
        """The number of a request and the attributes of its root."""
        for number in range(1, count + 1):
            yield number, self._attributes(number)

    def add(self, number: int, attributes: dict[str, Any], *, slow: bool, child: dict[str, Any] | None = None) -> None:
        """A root, a call to a database and one to a cache, all slow when the request is."""
        at, lasts = number * S, SLOW * 2 if slow else self.chance.randrange(5, 400) * MS
        said = {"resource": {"host.name": f"host-{number % 11}"}, "at": at}
        route = attributes["http.route"]
        self.told.span(number, 1, f"GET {route}", kind="server", lasts=lasts, attributes=attributes, **said)
        table = {"db.collection.name": f"table-{self.chance.randrange(20)}", **(child or {})}
        self.told.span(
            number, 2, "query", parent=1, kind="client", service="api", lasts=lasts - MS, attributes=table, **said
        )
        self.told.span(
            number, 3, "cache", parent=1, kind="client", lasts=MS, attributes={"hit": number % 3 == 0}, **said
        )

    def _attributes(self, number: int) -> dict[str, Any]:
        draw = self.chance.randrange
        ids = {"request.id": f"{self.chance.getrandbits(128):032x}", "user.id": draw(400), "session": f"s{draw(1200)}"}
        flags = {f"flag.{at}": bool(draw(2)) for at in range(10)}
        sizes = {f"size.{at}": draw(10**6) for at in range(5)} | {"ratio": self.chance.random()}
        return {"http.route": f"/r{draw(8)}", "shard": f"shard-{draw(200)}", **ids, **flags, **sizes}


@pytest.fixture
def requests() -> Requests:
    return Requests()


def names(answer: Comparison) -> list[str]:
    return [field.field for field in answer.fields]


def by_name(answer: Comparison) -> dict[str, Telling]:
    return {field.field: field for field in answer.fields}


FILTERS = ["duration>1s", "service:web duration>1s", 'name~"^GET" duration>1s']


@pytest.mark.parametrize("filter", FILTERS)
def test_one_of_200_values(store: Client, requests: Requests, comparing: Comparing, filter: str):
    """One value of one attribute out of 200 makes 3 % of the requests slow."""
    for number, attributes in requests.each():
        slow = requests.chance.random() < 0.03
        attributes["shard"] = "shard-137" if slow else attributes["shard"].replace("-137", "-138")
        requests.add(number, attributes, slow=slow)
    requests.told.load(store)
    answer = comparing(filter)
    first, second = answer.fields[:2]
    assert (first.field, first.scope, first.type) == ("shard", "span", "string")
    assert first.on == ("trace" if filter == "duration>1s" else "row")  # where slow children do not have it
    assert first.values[0].value == "shard-137"
    assert (first.values[0].selection, first.values[0].baseline) == (1, 0)
    assert first.score > 2 * second.score + 0.2


def test_one_of_thousands_of_values(store: Client, requests: Requests, comparing: Comparing):
    for number, attributes in requests.each():
        slow = requests.chance.random() < 0.03
        attributes["customer"] = "customer-4711" if slow else f"customer-{requests.chance.randrange(5000)}"
        requests.add(number, attributes, slow=slow)
    requests.told.load(store)
    answer = comparing("service:web duration>1s")
    assert names(answer)[0] == "customer"
    assert answer.fields[0].score > 0.7
    assert answer.fields[1].score < 0.1


def test_a_number_above_a_threshold(store: Client, requests: Requests, comparing: Comparing):
    for number, attributes in requests.each():
        slow = requests.chance.random() < 0.03
        attributes["upload.bytes"] = (
            requests.chance.randrange(9_000_000, 10_000_000) if slow else requests.chance.randrange(9_200_000)
        )
        requests.add(number, attributes, slow=slow)
    requests.told.load(store)
    first, second = comparing("service:web duration>1s").fields[:2]
    assert (first.field, first.type) == ("upload.bytes", "int")
    assert first.score > 0.6 > 2 * second.score
    most = max(first.values, key=lambda each: each.selection - each.baseline)
    assert 8_900_000 <= most.low < most.high <= 10_000_000
    assert sum(each.selection for each in first.values) == pytest.approx(1, abs=0.01)
    assert sum(each.baseline for each in first.values) == pytest.approx(1, abs=0.01)


def test_a_cause_among_other_slow_requests(store: Client, requests: Requests, comparing: Comparing):
    """Half of the slow ones are slow for no reason, and some with the cause are fast."""
    for number, attributes in requests.each(3000):
        caused = requests.chance.random() < 0.03
        attributes["shard"] = "shard-137" if caused else attributes["shard"].replace("-137", "-138")
        requests.add(number, attributes, slow=requests.chance.random() < (0.8 if caused else 0.024))
    requests.told.load(store)
    answer = comparing("service:web duration>1s")
    assert answer.fields[0].field == "shard"
    assert 0.4 < answer.fields[0].values[0].selection < 0.65
    assert answer.fields[0].score > 3 * answer.fields[1].score


def test_a_combination(store: Client, requests: Requests, comparing: Comparing):
    """Slow where two things come together, each common: both come before anything else."""
    for number, attributes in requests.each(3000):
        attributes["plan"], attributes["region"] = requests.chance.choice("abcde"), requests.chance.choice("uvwxyz")
        requests.add(number, attributes, slow=attributes["plan"] == "a" and attributes["region"] == "u")
    requests.told.load(store)
    answer = comparing("service:web duration>1s")
    assert set(names(answer)[:2]) == {"plan", "region"}
    assert answer.fields[1].score > 0.4 > answer.fields[2].score + 0.2


def test_a_cause_on_another_span_of_the_trace(store: Client, requests: Requests, comparing: Comparing):
    for number, attributes in requests.each():
        slow = requests.chance.random() < 0.03
        requests.add(number, attributes, slow=slow, child={"db.collection.name": "locked"} if slow else None)
    requests.told.load(store)
    answer = comparing("service:web root:true duration>1s")
    assert (answer.fields[0].field, answer.fields[0].on) == ("db.collection.name", "trace")
    assert answer.fields[0].values[0].value == "locked"
    assert answer.fields[0].score > 0.6 > 2 * answer.fields[1].score


def test_a_cause_in_a_log_record_and_in_an_event(store: Client, requests: Requests, comparing: Comparing):
    for number, attributes in requests.each():
        slow = requests.chance.random() < 0.03
        requests.add(number, attributes, slow=slow)
        at = number * S + 1
        requests.told.log(f"asked for {number}", trace=number, span=2, at=at, attributes={"n": number})
        if slow:
            held = {"lock": "videos", "holder": number}
            requests.told.log(
                f"waited {number} ms for a lock", severity="warn", trace=number, span=2, at=at, attributes=held
            )
            event = requests.told.span(number, 4, "retry", parent=2, at=at).events.add(
                name="retry", time_unix_nano=BEGAN + at
            )
            event.attributes.add(key="why").value.string_value = "deadlock"
    requests.told.load(store)
    found = by_name(comparing("service:web root:true duration>1s"))
    for name, value in (
        ("log.lock", "videos"), ("log.body", "waited <*> ms for a lock"), ("log.severity", "warn"),
        ("event.why", "deadlock"), ("event", "retry"),
    ):  # fmt: skip
        assert found[name].score > 0.6, name
        assert (found[name].on, found[name].values[0].value) == ("trace", value)
    assert "log.n" not in list(found)[:8]
    for name in ("user.id", "request.id", "session", "flag.3", "size.2", "ratio"):
        assert found[name].score < 0.1


def test_too_many_calls(store: Client, requests: Requests, comparing: Comparing):
    for number, attributes in requests.each(600):
        slow = requests.chance.random() < 0.05
        requests.add(number, attributes, slow=slow)
        for more in range(30 if slow else requests.chance.randrange(5)):
            requests.told.span(number, 10 + more, "one more", parent=1, at=number * S + more)
    requests.told.load(store)
    answer = comparing("service:web root:true duration>1s")
    assert (answer.fields[0].field, answer.fields[0].type) == ("trace.spans", "int")


def test_nonsense_scores_low(store: Client, requests: Requests, comparing: Comparing):
    """Rare values, ids, thousands of fields: nothing tells sides apart that a coin was tossed for."""
    for number, attributes in requests.each():
        if requests.chance.random() < 0.3:
            attributes |= {f"rare.{requests.chance.randrange(3000)}": requests.chance.randrange(3)}
        requests.add(number, attributes, slow=requests.chance.random() < 0.5)
    requests.told.load(store)
    answer = comparing("service:web root:true duration>1s")
    assert len(answer.fields) > 400
    assert max(field.score for field in answer.fields) < 0.05


def test_what_the_filter_fixes_is_left_out(store: Client, requests: Requests, comparing: Comparing):
    for number, attributes in requests.each(200):
        requests.add(number, attributes, slow=attributes["flag.1"])
    requests.told.load(store)
    answer = comparing("service:web flag.1:true http.route~r duration>100ms")
    left = {"service", "resource.service.name", "service.name", "flag.1", "http.route", "duration"}
    assert not left & set(names(answer))
    assert {"flag.2", "name", "status", "kind"} <= set(names(answer))


def test_the_rest(store: Client, requests: Requests, comparing: Comparing):
    """Terms that say what was asked hold for the rest too; and it is of the same operations."""
    for number, attributes in requests.each(200):
        requests.add(number, attributes, slow=number % 10 == 0)
        requests.told.span(number, 9, "other", service="cron", lasts=10 * S)
    requests.told.load(store)

    def sides(filter: str) -> tuple[int, int, Any, Any]:
        answer = comparing(filter)
        return answer.selection.count, answer.baseline.count, answer.baseline.filter, answer.baseline.of

    assert sides("service:api duration>1s") == (20, 180, "service:api".replace(":", "="), "operations")
    assert sides('service:"api" name in (query, "a b") duration>1s')[2] == 'service="api" name in (query, "a b")'
    assert sides("service:cron") == (200, 600, "", "all")
    assert sides("service:web hit:true")[:3] == (66, 134, "service=web")
    assert sides("duration>1s name:query")[1:3] == (180, "name=query")


def test_an_explicit_baseline_at_another_time(store: Client, requests: Requests, comparing: Comparing):
    """This half hour with the one before: nothing but what was deployed between them."""
    for number, attributes in requests.each(400):
        requests.add(number, attributes | {"version": "2" if number > 200 else "1"}, slow=False)
    requests.told.load(store)
    middle = BEGAN + 200 * S + S // 2
    answer = comparing("root:true", "root:true", within=Range(middle, WITHIN.end), before=Range(WITHIN.start, middle))
    assert (answer.selection.count, answer.baseline.count, names(answer)[0]) == (200, 200, "version")
    assert answer.fields[1].score < 0.1


def test_every_span_of_the_baseline_in_a_selected_trace(store: Client, requests: Requests, comparing: Comparing):
    """Each trace has a failed call among many: what tells them apart is on the call itself."""
    for number, attributes in requests.each(200):
        requests.add(number, attributes, slow=False)
        for call in range(10):
            failed = call == number % 10
            region = "north" if failed else "south"
            requests.told.span(
                number, 10 + call, "call", parent=1, status="error" if failed else "ok", attributes={"region": region}
            )
    requests.told.load(store)
    answer = comparing("status:error")
    assert (answer.fields[0].field, answer.fields[0].on) == ("region", "row")
    assert answer.fields[0].score > 0.8


def test_log_records(store: Client, requests: Requests, comparing: Comparing):
    told = requests.told
    for number in range(1, 1001):
        bad = number % 25 == 0
        attributes = {"pool": "west-7" if bad else f"west-{number % 6}", "id": f"{requests.chance.getrandbits(64):x}"}
        told.log(f"job {number} done" if number % 2 else f"job {number} took {number} ms", at=number * S,
                 severity="error" if bad else "info", attributes=attributes, resource={"zone": number % 3})  # fmt: skip
    told.load(store)
    answer = comparing("severity:error", signal="logs")
    assert (answer.selection.count, answer.baseline.count) == (40, 960)
    assert (answer.fields[0].field, answer.fields[0].scope, answer.fields[0].on) == ("pool", "log", "row")
    assert by_name(answer)["body"].values[0].value in ("job <*> done", "job <*> took <*> ms")
    assert by_name(answer)["id"].score < 0.05
    assert "severity" not in names(answer)


def test_nothing_selected_or_nothing_left(store: Client, requests: Requests, comparing: Comparing):
    requests.add(1, next(requests.each())[1], slow=False)
    requests.told.load(store)
    for filter in ("service:nobody", ""):
        answer = comparing(filter)
        assert answer.fields == []
    assert (comparing("").selection.count, comparing("").baseline.count) == (3, 0)
    assert comparing("severity:error", signal="logs").fields == []


def test_one_slow_request(store: Client, requests: Requests, comparing: Comparing):
    for number, attributes in requests.each(300):
        requests.add(number, attributes, slow=number == 17)
    requests.told.load(store)
    answer = comparing("service:web root:true duration>1s")
    assert answer.selection.sampled == 1
    assert max(field.score for field in answer.fields) < 0.12


def test_a_bounded_sample_of_much(store: Client, requests: Requests, comparing: Comparing):
    """Few granules and few traces still find the cause; counts of the selection are exact."""
    for number, attributes in requests.each(4000):
        slow = number % 33 == 0
        requests.add(number, attributes | {"shard": "bad" if slow else f"s{number % 50}"}, slow=slow)
    requests.told.load(store)
    within = Range(BEGAN, BEGAN + 4001 * S)
    answer = comparing("service:web root:true duration>1s", extent=Extent(members=40, granules=8), within=within)
    assert (answer.selection.count, answer.baseline.count) == (121, pytest.approx(3879, rel=0.1))
    assert answer.selection.sampled <= 40 and answer.baseline.sampled <= 40
    assert names(answer)[0] == "shard"
    assert comparing("service:web root:true duration>1s", limit=1).truncated


def test_traces_that_last_long_beside_many_others(store: Client, requests: Requests, comparing: Comparing):
    """The cause lies minutes after the beginning of its trace, among the spans of others, and not all may be read."""
    for number, attributes in requests.each(2000):
        slow = number % 100 == 0
        requests.add(number, attributes, slow=slow)
        late = {"step": "upload"} if slow else {"step": f"step-{number % 7}"}
        requests.told.span(number, 5, "later", parent=1, at=(number + 300) * S, attributes=late)
    requests.told.load(store)
    within = Range(BEGAN, BEGAN + 2001 * S)
    answer = comparing("service:web root:true duration>1s", extent=Extent(members=200, granules=12), within=within)
    assert answer.selection.sampled >= 3
    assert (answer.fields[0].field, answer.fields[0].on) == ("step", "trace")
    assert answer.fields[0].values[0].value == "upload"


def test_room_is_never_exceeded_but_by_the_first():
    room = Room(10, 100)
    members = [Member(number, "", 0, 0) for number in range(50)]
    taken = list(room.fitting(members, lambda member: ({member.number % 20, 100}, 5), part=2))
    assert (len(taken), len(room.slots), room.rows) == (4, 5, 20)
    more = list(room.fitting(members[4:], lambda member: ({member.number % 20, 100}, 5), part=1))
    assert (len(more), len(room.slots)) == (5, 10)
    large = Room(1, 1)
    assert len(list(large.fitting(members, lambda member: ({1, 2, 3}, 500), part=2))) == 1
