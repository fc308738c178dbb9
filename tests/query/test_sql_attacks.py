"""Everything we could think of against the guard of people's SQL, and mutations of it.

An attack must be refused. A mutation may by chance become a harmless statement; then it is run without any other wall,
by the owner of the database, and must reach none of the targets.
"""

import asyncio
import contextlib
import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_engine import running_engine
from sql_attacks import ATTACKS, CALLS, FRAMES, PLACES, TABLE_PLACES, TABLES, VOCABULARY, statements
from sql_targets import passes, sql_targets

from trivet.query.sql import names as sql_names
from trivet.query.sql import walk as sql_walk
from trivet.store.client import AsyncClient, EngineError
from trivet.store.lexer import STRING, WORD, tokens


@pytest.fixture(scope="module")
def targets(tmp_path_factory):
    directory = tmp_path_factory.mktemp("targets")
    with running_engine(directory / "engine", confine=False) as engine, sql_targets(engine, directory) as targets:
        yield targets


@pytest.mark.parametrize("statement", statements())
def test_statements_that_are_no_questions_are_refused(targets, statement):
    assert passes(targets.fill(statement)) is None


@pytest.mark.parametrize("call", CALLS)
def test_calls_are_refused_in_every_place(targets, call):
    through = [place for place in PLACES if passes(targets.fill(place.replace("{}", call)))]
    assert through == []


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_refused_in_every_place(targets, table):
    through = [place for place in TABLE_PLACES if passes(targets.fill(place.replace("{}", table)))]
    assert through == []


def test_every_table_function_of_the_engine_but_ours_is_refused(targets):
    names = {row["name"] for row in targets.owner.rows("SELECT name FROM system.table_functions")}
    assert len(names) > 80
    through = {name for name in names if passes(f"SELECT * FROM {name}('SECRET')")}
    assert {name.lower() for name in through} == sql_names.TABLE_FUNCTIONS


def test_every_system_table_but_the_harmless_ones_is_refused(targets):
    names = {row["name"] for row in targets.owner.rows("SELECT name FROM system.tables WHERE database = 'system'")}
    assert {name for name in names if passes(f"SELECT * FROM system.{name}")} == set(sql_names.SYSTEM_TABLES)


def test_every_function_of_the_engine_has_been_judged(targets):
    """A new version of the engine brings new functions: they belong on one of the lists before they can be called."""
    rows = targets.owner.rows("SELECT lower(name) AS name, is_aggregate, higher_order FROM system.functions")
    names = {row["name"] for row in rows if not row["name"].startswith("trivet_")}
    known = sql_names.ALLOWED | sql_names.AGGREGATES | sql_names.REFUSED
    assert names - known == set() and len(known - names) < 10
    assert not sql_names.REFUSED & (sql_names.ALLOWED | sql_names.AGGREGATES | sql_names.TYPES)
    assert {row["name"] for row in rows if row["higher_order"]} == sql_names.HIGHER_ORDER
    assert {row["name"] for row in rows if row["is_aggregate"]} >= sql_names.AGGREGATES


def test_no_keyword_hides_a_refused_function():
    assert {word.lower() for word in sql_walk.KEYWORDS} & sql_names.REFUSED == {"in"}
    assert not sql_names.PLAIN_NAMES - sql_names.REFUSED


def test_no_allowed_function_reads_an_argument_as_sql(targets):
    """Some do: `arrayReduce('groupConcat(file(…))', …)`. They are known by name, and what they are given is checked."""
    evil = targets.fill(r"'groupConcat(file(\'SECRET\'))'")
    names = sorted(sql_names.ALLOWED - sql_names.NAMED_AGGREGATION)
    calls = [f"{name}({evil}, ['a'])" for name in names]
    assert _reads(targets, [f"arrayReduce({evil}, ['a'])"]), "this file system does not tell who reads"
    assert not _reads(targets, calls)


def _reads(targets, calls: list[str]) -> bool:
    """Whether one of the calls reads the secret: relatime moves the time of access when it lies before the change."""
    os.utime(targets.secret, (0, time.time()))

    async def ask_all() -> None:
        client = AsyncClient(targets.owner.address)
        some = asyncio.Semaphore(8)

        async def ask(call: str) -> None:
            async with some:
                with contextlib.suppress(EngineError):
                    await client.command(f"SELECT {call} FORMAT Null")

        await asyncio.gather(*map(ask, calls))
        await client.close()

    asyncio.run(ask_all())
    return targets.secret.stat().st_atime > 0


SPACES = [" ", "\t", "\n", "\u00a0", "\u2003", "/**/", "/* ' */", "/* /* */ */", "-- x'\n", '# "\n', "// `\n"]
QUOTES = ['"{}"', "`{}`"]


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """An attack with other case, quotes, comments and white space, perhaps with a token lost, doubled or swapped."""
    found = [token.text for token in tokens(draw(st.sampled_from(ATTACKS)))]
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(found) - 1))
        change = draw(st.sampled_from(["lose", "double", "swap"]))
        found[at : at + 2] = {
            "lose": found[at + 1 : at + 2],
            "double": [found[at], *found[at : at + 2]],
            "swap": found[at : at + 2][::-1],
        }[change]
        found = found or ["SELECT"]
    return "".join(draw(spelled(text)) + draw(st.sampled_from(SPACES)) for text in found)


@st.composite
def spelled(draw: st.DrawFn, text: str) -> str:
    kinds = [token.kind for token in tokens(text)]
    if kinds == [WORD]:
        way = draw(st.sampled_from(["as it is", "as it is", "upper", "swapped", "quoted"]))
        quoted = draw(st.sampled_from(QUOTES)).format(text)
        return {"as it is": text, "upper": text.upper(), "swapped": text.swapcase(), "quoted": quoted}[way]
    if kinds == [STRING] and draw(st.booleans()):
        return f"$${text[1:-1]}$$"
    return text


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statement=mutations())
def test_mutated_attacks_reach_nothing(targets, statement):
    through = passes(targets.fill(statement))
    if through is not None:
        assert targets.leaks(through) is None


@st.composite
def soups(draw: st.DrawFn) -> str:
    words = st.lists(st.sampled_from(VOCABULARY.split()), max_size=5).map(" ".join)
    frame = draw(st.sampled_from(FRAMES))
    return frame.format(*(draw(words) for _ in range(frame.count("{}"))))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statement=soups())
def test_words_thrown_together_reach_nothing(targets, statement):
    through = passes(targets.fill(statement))
    if through is not None:
        assert targets.leaks(through) is None
