"""Filters as SQL: nothing of the text in it, whole lists of mistakes, and the index where it can answer."""

from collections.abc import Iterator

import pytest
from emptied import empty
from hypothesis import given, settings
from hypothesis import strategies as st
from telemetry import S, Telemetry, trace_id

from trivet.errors import Invalid
from trivet.query.filter.compile import compiled
from trivet.query.filter.fields import Context
from trivet.query.filter.kinds import canonical
from trivet.query.filter.pattern import checked
from trivet.query.filter.tables import LOGS, RUNNING_SPANS, SERIES, SPANS, Table
from trivet.query.filter.tree import Value
from trivet.query.instant import ALL_TIME
from trivet.store.client import Address, Client, EngineError

NOW = 1_760_000_000 * S
TABLES = [SPANS, RUNNING_SPANS, LOGS, SERIES]
BAD_PATTERN = 427


def found(store: Client, text: str, table: Table = SPANS) -> int:
    condition = compiled(text, Context(table, ALL_TIME, NOW))
    lost = "WITH false AS lost " if table is RUNNING_SPANS else ""
    sql = f"{lost}SELECT count() AS n FROM {table.name} WHERE {condition.sql}"
    return store.rows(sql, params=condition.parameters)[0]["n"]


@pytest.mark.parametrize(
    ("text", "at", "message", "hint"),
    [
        ("status:errror", 7, "there is no 'errror' among unset, ok, error", "did you mean 'error'?"),
        ("kind in (server, cleint)", 17, "there is no 'cleint' among", "did you mean 'client'?"),
        ("duration>fast", 9, "'fast' is not a duration", "numbers take units: 500ms, 1.5s, 10kB, 50%"),
        ("start>yesterday", 6, "'yesterday' is not a point in time", None),
        ("trace:abc", 6, "'abc' is not an id", "32 hexadecimal digits"),
        ("trace>abc", 6, "ids have no order", "use '='"),
        ("kind<server", 5, "have no order", "use '='"),
        ("root:yes", 5, "'yes' is neither true nor false", None),
        ("trace.spams>3", 6, "a trace has no 'spams'", "did you mean 'spans'?"),
        ("log.severity:loud", 13, "there is no 'loud' among", None),
        ("running:maybe", 8, "there is no 'maybe' among", None),
    ],
)
def test_mistakes_are_said_with_their_column_and_a_suggestion(text: str, at: int, message: str, hint: str | None):
    with pytest.raises(Invalid) as raised:
        compiled(text, Context(SPANS, ALL_TIME, NOW))
    assert (raised.value.code, raised.value.at) == ("bad_filter", at)
    assert message in raised.value.message
    if hint:
        assert raised.value.hint == hint


MARK = "zq'x"
NAMES = ["service", "name", "zq", "span.zq", "resource.zq", "scope.zq", "event.zq", "log.zq", "root.zq", "body"]


@given(
    st.sampled_from(NAMES),
    st.sampled_from(["=", "!=", "<", ">=", "~", "!~", ":"]),
    st.text(max_size=8),
    st.sampled_from(TABLES),
)
def test_neither_names_nor_values_stand_in_the_sql(name: str, operator: str, text: str, table: Table):
    value = (MARK + text).replace("\\", "\\\\").replace('"', '\\"')
    filter = f'{name}{operator}"{value}" "{MARK}"*"{MARK}"="1" or has:"{MARK}" "{MARK}"'
    try:
        condition = compiled(filter, Context(table, ALL_TIME, NOW))
    except Invalid as error:
        assert operator in ("~", "!~") and "is not a regular expression" in error.message
        return
    assert MARK not in condition.sql
    assert "zq" not in condition.sql
    assert any(MARK in str(each) for each in condition.parameters.values())


NAMES_AND_WORDS = "a service duration log.x event.x root.name trace.spans has: scope.version severity in 5ms error x*"
PIECES = st.sampled_from([*NAMES_AND_WORDS.split(), *":=>~(){}*\"'\\-, \n;\0é", "!~", ">>", "not ", " or ", "--", "/*"])


@settings(max_examples=150)
@given(st.lists(PIECES, min_size=1, max_size=12).map("".join), st.sampled_from(TABLES))
def test_what_compiles_runs(database_client: Client, text: str, table: Table):
    try:
        compiled(text, Context(table, ALL_TIME, NOW))
    except Invalid:
        return
    try:
        assert found(database_client, text, table) == 0
    except EngineError as error:
        assert error.code == BAD_PATTERN, text


@pytest.fixture(scope="module")
def database_client(database: Address) -> Iterator[Client]:
    """The database, empty."""
    client = Client(database)
    empty(client)
    yield client
    client.close()


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63 - 1).map(float))
@settings(max_examples=100)
def test_numbers_are_written_as_the_engine_writes_them(database_client: Client, number: float):
    if number == 0:
        number = 0.0  # the engine keeps the sign of zero, people do not
    said = database_client.rows("SELECT toString({n:Float64}) AS text", params={"n": number})[0]["text"]
    assert canonical(number) == said


PARTS = ["(?i)", "(?:", "(?P<n>", "(?=", "{2}", "{2,", "\\d", "\\b", "\\z", "\\x{41}", "[^"]
REGEX = st.lists(st.sampled_from([*"ab1[]()*+?{}|^$.\\-,:=!<P", *PARTS]), max_size=8).map("".join)


@given(REGEX)
@settings(max_examples=400)
def test_no_pattern_that_the_engine_takes_is_refused(database_client: Client, pattern: str):
    try:
        checked(Value(pattern, 0, quoted=True))
    except Invalid as error:
        assert (error.code, error.at) == ("bad_filter", 0)
        with pytest.raises(EngineError) as raised:
            database_client.rows("SELECT match(toString(number), {p:String}) FROM numbers(1)", params={"p": pattern})
        assert raised.value.code == BAD_PATTERN


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ('a:1 name~"["', 9, "'[' is not a regular expression: unterminated character set"),
        ('name~"(a" b', 5, "missing ), unterminated subpattern"),
        ('x name~"(?<=a)b"', 7, "(?<= looks around"),
        ('name~"a(?!b)"', 5, "(?! looks around"),
        ("name~(a)\\1", 5, "\\1 refers back"),
        ("name~a{1001}", 5, "{1001} is too often"),
        ('name~"a{1,2000}"', 5, "{1,2000} is too often"),
    ],
)
def test_a_pattern_that_is_none_is_refused_with_its_place(text: str, at: int, said: str):
    with pytest.raises(Invalid) as raised:
        compiled(text, Context(SPANS, ALL_TIME, NOW))
    assert said in raised.value.message and raised.value.at == at


@pytest.mark.parametrize(
    "pattern", [r"[(?=]", r"\(\?=", r"a{2,1000}", r"[\]{2000}]", r"(?i)a(?:b)", r"\\\\(a)", r"\x{ff}"]
)
def test_patterns_that_only_look_like_it(store: Client, pattern: str):
    assert found(store, f'name~"{pattern}"'.replace("\\", "\\\\")) == 0


class TestStructure:
    @pytest.fixture
    def told(self, store: Client) -> Iterator[Client]:
        told = Telemetry(start=NOW)
        for trace, chain in enumerate(["web api db", "web db api", "api web", "db"], start=1):
            for number, service in enumerate(chain.split(), start=1):
                parent = number - 1 or None
                told.span(trace, number, parent=parent, at=number, lasts=S - number, service=service)
        told.span(5, 2, parent=1, at=0, lasts=S, service="db")  # its clock runs ahead of its parent's
        told.span(5, 1, at=5, lasts=S, service="web")
        told.log("x", trace=2, span=1, severity="error")
        told.load(store)
        return store

    @pytest.mark.parametrize(
        ("text", "traces"),
        [
            ("{service:web} >> {service:db}", {1, 2, 5}),
            ("{service:web} >> {service:api} >> {service:db}", {1}),
            ("{service:db} >> {service:web}", set()),
            ("{service:web} >> {}", {1, 2, 5}),
            ("{service:web}", {1, 2, 3, 5}),
            ("{service:web} not {service:db}", {3}),
            ("not {service:web}", {4}),
            ("{log.severity:error}", {2}),
            ("has:log", {2}),
            ("root.service:api", {3}),
            ("trace.spans>2", {1, 2}),
            ("trace.services=1", {4}),
            ("trace.service:db", {1, 2, 4, 5}),
        ],
    )
    def test_spans_below_others_and_traces_that_have_or_miss_something(self, told: Client, text: str, traces: set[int]):
        condition = compiled(text, Context(SPANS, ALL_TIME, NOW))
        sql = f"SELECT DISTINCT lower(hex(trace_id)) AS trace FROM otel_spans WHERE {condition.sql}"
        rows = told.rows(sql, params=condition.parameters)
        assert {row["trace"] for row in rows} == {trace_id(number) for number in traces}


def test_whole_numbers_beyond_doubles_are_told_apart(store: Client):
    told = Telemetry(start=NOW)
    told.span(1, 1, attributes={"big": 2**60 + 1, "text": str(2**60 + 1), "real": 2.0**70})
    told.load(store)
    for text, count in {
        f"big>{2**60}": 1,
        f"big>{2**60 + 1}": 0,
        f"text>={2**60 + 1}": 1,
        f"big<{2**60 + 1}": 0,
        f"big<{2**60 + 2}": 1,
        f"real>{2**60}": 1,
        f"big<{2**80}": 1,
    }.items():
        assert found(store, text) == count, text


def test_doubles_that_json_lacks_are_asked_for_as_the_answers_write_them(store: Client):
    told = Telemetry(start=NOW)
    told.span(1, 1, attributes={"lost": float("nan"), "wait": float("inf"), "debt": float("-inf"), "said": "NaN"})
    told.load(store)
    for text in ("lost:NaN", "wait:Infinity", "debt=-Infinity", "said:NaN", "said in (x, NaN)"):
        assert found(store, text) == 1, text
    assert found(store, "lost:Infinity") == 0


def test_the_id_of_nothing_is_nobodys(store: Client):
    told = Telemetry(start=NOW)
    told.span(1, 1)
    told.log("of no trace")
    told.load(store)
    assert found(store, f"parent:{'0' * 16}") == 0
    assert found(store, f"trace:{'0' * 32}", LOGS) == 0
    assert found(store, f"not trace:{'0' * 32}", LOGS) == 1
