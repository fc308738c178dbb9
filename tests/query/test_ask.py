"""Budgets, turns, and what becomes of the engine's errors."""

import asyncio
import time

import pytest
from query.conftest import Asking

from trivet.errors import Full, Invalid, TooExpensive, TrivetError, Unavailable
from trivet.query.ask import QUESTIONS, Ask, Budget, explained, statement, together
from trivet.query.sql.people import SqlQuestions
from trivet.settings import MiB
from trivet.store.client import Address, AsyncClient, Client, EngineError
from trivet.store.engine import Engine


def own(ask: Ask, sql: str):
    return ask.own(sql, {}, explained)


@pytest.mark.parametrize(
    ("budget", "sql"),
    [
        (Budget(0.3, 512 * MiB, 10**12), "SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1"),
        (Budget(10, 20 * MiB, 10**12), "SELECT groupArray(number) FROM numbers(100000000)"),
        (Budget(10, 512 * MiB, 1000), "SELECT sum(number) FROM numbers(1000000)"),
    ],
)
def test_over_budget_is_too_expensive(address: Address, budget: Budget, sql: str):
    async def ask() -> None:
        client = AsyncClient(address)
        try:
            await own(Ask(client, budget=budget, at_once=1), sql)
        finally:
            await client.close()

    with pytest.raises(TooExpensive):
        asyncio.run(ask())


def test_others_wait_their_turn_and_not_for_ever(address: Address):
    async def ask() -> None:
        client = AsyncClient(address)
        asks = Ask(client, budget=Budget(0.5, 512 * MiB, 10**9), at_once=1)
        slow = asyncio.create_task(own(asks, "SELECT sleep(2) SETTINGS max_execution_time = 5"))
        await asyncio.sleep(0.1)
        try:
            with pytest.raises(Full) as raised:
                await own(asks, "SELECT 1")
            assert raised.value.retry_after
        finally:
            slow.cancel()
            await client.close()

    asyncio.run(ask())


def test_a_cancelled_question_is_cancelled_in_the_engine(address: Address, store: Client):
    long = "SELECT count() FROM numbers(10000000000000) WHERE cityHash64(number) = 1 /* cancel me */"
    running = (
        "SELECT count() AS n FROM system.processes WHERE query LIKE '%cancel me%' AND query NOT LIKE '%processes%'"
    )

    def until(wanted: int) -> None:
        end = time.monotonic() + 10
        while store.rows(running)[0]["n"] != wanted:
            assert time.monotonic() < end
            time.sleep(0.02)

    async def ask() -> None:
        client = AsyncClient(address)
        task = asyncio.create_task(own(Ask(client, budget=Budget(60, 512 * MiB, 10**15), at_once=1), long))
        await asyncio.to_thread(until, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(until, 0)
        await client.close()

    asyncio.run(ask())


def test_questions_asked_together_end_together():
    ended = []

    async def slow() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def wrong() -> None:
        raise Invalid("no")

    async def both() -> None:
        with pytest.raises(Invalid):
            await together(slow(), wrong())
        await asyncio.sleep(0)

    asyncio.run(both())
    assert ended == ["cancelled"]


@pytest.mark.parametrize(
    ("code", "kind"), [(159, TooExpensive), (241, TooExpensive), (427, Invalid), (394, Unavailable), (49, TrivetError)]
)
def test_errors_of_the_engine_in_our_words(code: int, kind: type[TrivetError]):
    error = explained(EngineError(code, "NAME", "Code: 1. /var/lib/secret"))
    assert type(error) is kind
    assert "/var/lib" not in error.message


def test_questions_are_short_and_the_longer_ones_say_what_they_are_for():
    for file in QUESTIONS.iterdir():
        lines = file.read_text().splitlines()
        assert max(map(len, lines)) <= 120, file.name
        assert len(lines) <= 60, file.name
        if len(lines) > 8 and not file.name.endswith("_columns.sql"):
            assert lines[0].startswith("-- "), file.name


def test_pieces_stand_in_for_their_names_and_files_for_the_rest():
    sql = statement("trace_logs", which="severity_number > 1", when="true")
    assert "severity_number > 1" in sql
    assert "{{" not in sql
    assert "{trace:String}" in sql


class TestPeoplesSql:
    @pytest.fixture
    def sql(self, asking: Asking, store: Client):
        return lambda query, limit=100: asking(lambda ask: SqlQuestions(ask, Engine.reader).sql(query, limit))

    def test_rows_types_and_the_cut(self, sql):
        answer = sql("SELECT number AS n, toString(number) AS s FROM numbers(10)", limit=3)
        assert [(column.name, column.type) for column in answer.columns] == [("n", "UInt64"), ("s", "String")]
        assert answer.rows == [[0, "0"], [1, "1"], [2, "2"]]
        assert answer.truncated
        assert not sql("SELECT number FROM numbers(3)", limit=3).truncated

    def test_values_that_json_lacks(self, sql):
        query = (
            "SELECT toUInt64(18446744073709551615), nan, -inf, unhex('ff00'), [1.5, nan], map('a', 1),"
            " CAST(NULL, 'Nullable(Int8)'), true, toDateTime64('2026-01-02 03:04:05.5', 9, 'UTC'), tuple(1, 'x')"
        )
        [row] = sql(query).rows
        assert row == [
            {"$int": "18446744073709551615"}, {"$double": "NaN"}, {"$double": "-Infinity"}, {"$bytes": "/wA="},
            [1.5, {"$double": "NaN"}], {"a": 1}, None, True, "2026-01-02 03:04:05.500000000", [1, "x"],
        ]  # fmt: skip

    def test_mistakes_are_said_without_the_engines_decorations(self, sql):
        with pytest.raises(Invalid) as raised:
            sql("SELECT nothing FROM numbers(1)")
        assert raised.value.code == "bad_sql"
        assert "nothing" in raised.value.message
        assert "DB::Exception" not in raised.value.message
        assert "UNKNOWN_IDENTIFIER" not in raised.value.message

    def test_too_much_is_too_expensive(self, sql):
        with pytest.raises(TooExpensive):
            sql("SELECT repeat('x', 1000000) FROM numbers(1000)", limit=1000)
