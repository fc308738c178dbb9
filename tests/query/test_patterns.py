"""Log records folded into patterns, out of a real store."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from query.conftest import Asking
from telemetry import S, Telemetry

from trivet.query.filter.tables import LOGS, SPANS
from trivet.query.instant import ALL_TIME, HOUR, Range
from trivet.query.logs import LogQuestions
from trivet.query.origins import Resources
from trivet.query.patterns.answers import PatternList
from trivet.query.patterns.folding import MANY, WILD, folded, readable
from trivet.query.patterns.patterns import PatternQuestions
from trivet.store.client import Client

BEGAN = 1_760_000_000 * S
WITHIN = Range(BEGAN, BEGAN + HOUR)
Patterns = Callable[..., PatternList]


@pytest.fixture
def told() -> Telemetry:
    return Telemetry(start=BEGAN)


@pytest.fixture
def patterns(asking: Asking) -> Patterns:
    def ask(filter: str = "", table=LOGS, limit: int = 100, within: Range = WITHIN) -> PatternList:
        return asking(lambda ask: PatternQuestions(ask).patterns(table, filter, within, limit))

    return ask


def counts(answer: PatternList) -> dict[str, int]:
    return {row.template: row.count for row in answer.patterns}


def test_numbers_and_ids_do_not_count(store: Client, told: Telemetry, patterns: Patterns):
    for number in range(1, 21):
        told.log(f"stored {number} segments in {number / 7:.2f} s from 10.0.0.{number}:4318", at=number * S)
        told.log(
            f"video 4bf92f3577b34da6a3ce929d0e0e{4736 + number} not found at 2026-11-23T14:02:{number:02}.204Z",
            at=number * S,
        )
    told.log("started", at=1)
    told.load(store)
    answer = patterns()
    assert counts(answer) == {
        "stored <*> segments in <*> s from <*>": 20,
        "video <*> not found at <*>": 20,
        "started": 1,
    }
    assert (answer.share, answer.truncated) == (1.0, False)
    assert patterns(limit=1).truncated


def test_words_that_take_many_values_and_words_that_do_not(store: Client, told: Telemetry, patterns: Patterns):
    for name in ("ada", "grace", "alan", "edsger", "barbara"):
        told.log(f"user {name} logged in")
    for outcome in ("hit", "miss"):
        told.log(f"cache {outcome} for users")
    told.load(store)
    assert counts(patterns()) == {"user <*> logged in": 5, "cache hit for users": 1, "cache miss for users": 1}


def test_the_programs_own_template(store: Client, told: Telemetry, patterns: Patterns):
    for number in range(5):
        told.log(f"took {'x' * number} ms", attributes={"log.template": "took {how_long} ms"})
        told.log(f"gave {'y' * number}", attributes={"log.template": "gave %s"})
    told.load(store)
    answer = patterns()
    assert counts(answer) == {"took <how_long> ms": 5, "gave <*>": 5}
    assert answer.patterns[1].filter == 'log.template="took {how_long} ms"'


@pytest.mark.parametrize("table", [LOGS, SPANS])
def test_counts_over_time_and_a_filter_that_finds_the_rows(
    store: Client, told: Telemetry, patterns: Patterns, asking, table
):
    """A point a minute, none left out."""
    bodies = ["GET /videos/{0}", 'said "no {0}" (really?)', "a\\b {0}\nc"]
    for number in range(30):
        for body in bodies:
            text = body.format(number)
            if table is LOGS:
                told.log(text, at=number * 60 * S, severity="warn" if number == 3 else "info", service=f"s{number % 2}")
            else:
                told.span(number + 1, bodies.index(body) + 1, text, at=number * 60 * S)
    told.log("GET /other")
    told.load(store)
    answer = patterns(table=table)
    assert answer.every == 60 * S
    rows = {row.template: row for row in answer.patterns}
    for body in bodies:
        row = rows[body.format(WILD)]
        assert [count for _, count in row.series] == [1] * 30 + [0] * 30
        assert [at for at, _ in row.series][:2] == [str(BEGAN), str(BEGAN + 60 * S)]
        assert row.first_seen == str(BEGAN)
        assert counts(patterns(row.filter, table=table)) == {row.template: 30}
    if table is LOGS:
        assert (rows["GET /videos/<*>"].severity, rows["GET /videos/<*>"].services) == ("warn", ["s0", "s1"])
        found = asking(
            lambda ask: LogQuestions(ask, Resources(ask)).logs(
                rows["GET /videos/<*>"].filter, WITHIN, "newest", 100, None
            )
        )
        assert len(found.logs) == 30


def test_first_seen_looks_back_a_day(store: Client, told: Telemetry, patterns: Patterns):
    told.log("disk 80 % full", at=-2 * HOUR)
    told.log("very long ago 1", at=-30 * HOUR)
    told.log("worker 1 went away", at=-HOUR, attributes={"log.template": "worker {n} went away"})
    for number in range(3):
        told.log(f"disk {81 + number} % full", at=number * S)
        told.log(f"very long ago {number}", at=number * S)
        told.log("news", at=(7 + number) * S)
        told.log(f"worker {number} went away", at=number * S, attributes={"log.template": "worker {n} went away"})
    told.load(store)
    first = {row.template: int(row.first_seen) - BEGAN for row in patterns().patterns}
    assert first == {
        "disk <*> % full": -2 * HOUR,
        "very long ago <*>": 0,
        "news": 7 * S,
        "worker <n> went away": -HOUR,
    }


def test_first_seen_finds_what_a_sample_of_the_day_misses(store: Client, told: Telemetry, patterns: Patterns):
    """One record among 150,000."""
    store.command(
        "INSERT INTO otel_logs (day, time, service, body, id) SELECT toDate(time),"
        " fromUnixTimestamp64Nano({began:Int64} - 1000000 * toInt64(number + 1), 'UTC') AS time, 'web',"
        " if(number = 77777, 'lock 7 lost', concat('step ', toString(number))), number FROM numbers(150000)",
        params={"began": BEGAN},
    )
    told.log("lock 8 lost")
    told.load(store)
    [row] = patterns().patterns
    assert (row.template, row.first_seen) == ("lock <*> lost", str(BEGAN - 77778 * 10**6))


def test_only_what_matches_and_any_time(store: Client, told: Telemetry, patterns: Patterns):
    told.log("one 1", service="web")
    told.log("two 2", service="api")
    told.load(store)
    assert counts(patterns("service:api")) == {"two <*>": 1}
    assert counts(patterns("service:nobody")) == {}
    everything = patterns(within=ALL_TIME)
    assert sum(count for row in everything.patterns for _, count in row.series) == 2


def test_a_body_that_is_long(store: Client, told: Telemetry, patterns: Patterns):
    told.log("x" * 299 + " 1 tail " + "y" * 1000)
    told.log("x" * 299 + " 2 other " + "z" * 1000)
    told.load(store)
    [row] = patterns().patterns
    assert row.count == 2
    assert counts(patterns(row.filter)) == {row.template: 2}


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("took %d ms", "took <*> ms"),
        ("%(name)s is %5.2f %%", "<name> is <*> %"),
        ("{n} of {total:,}", "<n> of <total>"),
        ("{} {{literal}}", "<*> {{literal}}"),
        ("100 % sure", "100 % sure"),
    ],
)
def test_placeholders_of_python(template: str, shown: str):
    assert readable(template) == shown


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f", WILD]), min_size=1, max_size=4).map(" ".join)))
def test_folding_keeps_what_stays(texts: list[str]):
    """A pattern has as many words as its texts, each the same or wild; no text folds to nothing but wild."""
    for text, pattern in folded(texts).items():
        words, kept = text.split(" "), pattern.split(" ")
        assert len(words) == len(kept)
        assert all(word == keeps or keeps == WILD for word, keeps in zip(words, kept, strict=True))
        assert set(kept) != {WILD} or set(words) == {WILD}


def test_two_places_that_vary():
    names = ["ada", "bob", "cyd", "dan", "eve"]
    texts = [f"{name} moved to {place}" for name in names for place in ("rome", "oslo", "lima", "bonn")]
    assert set(folded(texts).values()) == {"<*> moved to <*>"}
    assert len(names) >= MANY
