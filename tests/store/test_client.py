"""Both clients against the real engine: exact values, parameters of every kind, errors, and cancelling."""

import asyncio
import gc
import math
import socket
import threading
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running_engine import connected, running_engine

from trivet.errors import Unavailable
from trivet.store.answer import Scanned, read
from trivet.store.client import Address, AsyncClient, Client, Column, EngineError

NASTY = "'\"`\\\t\n\r\0\b\f{a:String} -- /* $$ % é \U0001f600 \\N \\t ?&=#;"


@pytest.fixture
def loop_client(engine):
    """An asynchronous client and a way to run something with it, in a loop of its own."""

    def run(work):
        async def main():
            client = AsyncClient(engine.address)
            try:
                return await work(client)
            finally:
                await client.close()

        return asyncio.run(main())

    return run


def one(client, expression, **params):
    return client.rows(f"SELECT {expression} AS v", params=params)[0]["v"]


def test_a_command_hands_back_bytes_and_takes_settings_and_a_database(client):
    assert client.command("SELECT 1") == b"1\n"
    assert client.command("SELECT getSetting('max_threads')", settings={"max_threads": 3}) == b"3\n"
    assert client.command("SELECT currentDatabase()", database="system") == b"system\n"
    assert (
        client.command("SELECT getSetting('optimize_read_in_order')", settings={"optimize_read_in_order": False})
        == b"false\n"
    )


def test_an_insert_takes_bytes_or_pieces(client):
    client.command("CREATE OR REPLACE TABLE taken (a UInt64) ENGINE = MergeTree ORDER BY a")
    assert client.command("INSERT INTO taken FORMAT TSV", body=b"1\n2\n") == b""
    client.command("INSERT INTO taken FORMAT TSV", body=iter([b"3", b"\n", b"4\n"]))
    client.command("INSERT INTO taken FORMAT RowBinary", body=bytearray((10).to_bytes(8, "little")))
    assert one(client, "(SELECT sum(a) FROM taken)") == 20


def test_a_block_of_fifty_megabytes_is_not_held_several_times(tmp_path):
    with running_engine(tmp_path) as engine, connected(engine) as client:
        client.command("CREATE TABLE sink (a String) ENGINE = Null")
        before = engine.rss_bytes
        peak = Peak(engine)
        client.command("INSERT INTO sink FORMAT TSV", body=(b"x" * 99 + b"\n") * 500_000)
        # The engine's own reading of it takes 125 to 160 MB; each further copy would be 50.
        assert peak.stop() - before < 200_000_000


class Peak:
    """The most memory that the engine was seen to use."""

    def __init__(self, engine):
        self._engine, self._seen, self._done = engine, 0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self):
        while not self._done.wait(0.005):
            self._seen = max(self._seen, self._engine.rss_bytes)

    def stop(self):
        self._done.set()
        self._thread.join()
        return self._seen


@pytest.mark.parametrize(
    "expression, wanted",
    [
        ("toUInt64(18446744073709551615)", 18446744073709551615),
        ("toInt64(-9223372036854775808)", -9223372036854775808),
        ("toUInt64(9007199254740993)", 9007199254740993),
        ("toInt128('170141183460469231731687303715884105727')", 170141183460469231731687303715884105727),
        ("inf", math.inf),
        ("-inf", -math.inf),
        ("0.1 + 0.2", 0.1 + 0.2),
        ("1e300", 1e300),
        ("toFloat32(0.1)", 0.1),
        ("[1.5, inf, -inf]", [1.5, math.inf, -math.inf]),
        ("map('a', inf, 'b', 1.)", {"a": math.inf, "b": 1.0}),
        ("(1, inf, 'nan')", [1, math.inf, "nan"]),
        ("tuple(inf AS x, 'inf' AS y)::Tuple(x Float64, y String)", {"x": math.inf, "y": "inf"}),
        ("[('a', [(1, -inf)])]::Array(Tuple(String, Array(Tuple(UInt8, Float64))))", [["a", [[1, -math.inf]]]]),
        ("[NULL, inf]::Array(Nullable(Float64))", [None, math.inf]),
        ("'nan'", "nan"),
        ("['inf', 'nan']", ["inf", "nan"]),
        ("NULL", None),
        ("toDateTime64('2026-01-02 03:04:05.123456789', 9, 'UTC')", "2026-01-02 03:04:05.123456789"),
        ("toDate('2026-01-02')", "2026-01-02"),
        ("toDecimal64('1.10', 4)", "1.1"),
        ("toDecimal128('12345678901234567890.123456789', 9)", "12345678901234567890.123456789"),
        ("toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')", "61f0c404-5cb3-11e7-907b-a6006ad3dba0"),
        ("toFixedString('ab', 4)", "ab\0\0"),
        ("true", True),
        ("map('a', map('b', [1, 2]))", {"a": {"b": [1, 2]}}),
        ("map(1, 'x')", {"1": "x"}),
        ("((1, 'a'), ((NULL, [2]), 'b'))", [[1, "a"], [[None, [2]], "b"]]),
        ("CAST('b', 'Enum8(\\'a,(\\' = 1, \\'b\\' = 2)')", "b"),
        ("toLowCardinality('x')", "x"),
    ],
)
def test_values_come_back_exactly(client, expression, wanted):
    assert one(client, expression) == wanted


def test_not_a_number_comes_back_as_one(client):
    assert math.isnan(one(client, "nan"))
    assert math.isnan(one(client, "map('k', [nan])")["k"][0])


def test_bytes_that_are_no_text_survive_both_ways(client):
    raw = bytes(range(256))
    assert one(client, f"unhex('{raw.hex()}')").encode("utf-8", "surrogateescape") == raw
    for value in (raw, raw.decode("utf-8", "surrogateescape"), raw * 500):
        assert one(client, "hex({p:String})", p=value) == (raw * (len(value) // len(raw))).hex().upper()
    mixed = client.rows("SELECT number AS n, if(number = 2, unhex('ff0a5c'), 'ok') AS s, inf AS f FROM numbers(3)")
    assert mixed[2] == {"n": 2, "s": "\udcff\n\\", "f": math.inf} and mixed[1]["s"] == "ok"


def test_an_answer_knows_its_columns_and_what_it_read(client):
    answer = client.answer("SELECT number AS n, toString(number) AS s FROM numbers(1000) WHERE n % 500 < 1 ORDER BY n")
    assert answer.columns == [Column("n", "UInt64"), Column("s", "String")]
    assert answer.rows == [[0, "0"], [500, "500"]]
    assert (answer.scanned.rows, answer.scanned.bytes) == (1000, 8000) and answer.scanned.ms > 0
    empty = client.answer("SELECT number AS n FROM numbers(5) WHERE n > 9")
    assert (empty.columns, empty.rows, empty.dicts()) == ([Column("n", "UInt64")], [], [])


def test_ten_thousand_rows_decode_in_milliseconds(client):
    columns = ", ".join(f"toString(number * {k}) AS s{k}, number * {k} AS n{k}" for k in range(6))
    client.command("SELECT 1")
    gc.collect()
    body = client.command(f"SELECT {columns} FROM numbers(10000) FORMAT JSONCompactEachRowWithNamesAndTypes")
    began = time.perf_counter()
    assert len(read(body, Scanned()).rows) == 10_000
    assert time.perf_counter() - began < 0.1  # 12 ms on two quiet cores


@pytest.mark.parametrize("length", [1, 20_000])
def test_text_in_parameters(client, length):
    value = NASTY * length if length > 1 else NASTY
    assert one(client, "{p:String}", p=value) == value
    assert one(client, "{p:Array(String)}", p=[value, "", "x"]) == [value, "", "x"]
    assert one(client, "{p:Map(String, String)}", p={"k'": value}) == {"k'": value}
    assert one(client, "{p:Tuple(String, UInt8)}", p=(value, 1)) == [value, 1]
    assert one(client, "{p:Nullable(String)}", p=value) == value


@pytest.mark.parametrize(
    "kind, value, wanted",
    [
        ("UInt64", 2**64 - 1, 2**64 - 1),
        ("Int64", -(2**63), -(2**63)),
        ("Float64", 0.1, 0.1),
        ("Float64", math.inf, math.inf),
        ("Bool", True, True),
        ("UInt8", False, 0),
        ("Nullable(String)", None, None),
        ("Array(Nullable(String))", [None, "a"], [None, "a"]),
        ("Array(Array(String))", [["a'", "b\\"], []], [["a'", "b\\"], []]),
        ("Array(UInt64)", [], []),
        ("Array(Float64)", [math.inf, 1.5], [math.inf, 1.5]),
        ("Map(String, Array(UInt8))", {"a": [1], "b": []}, {"a": [1], "b": []}),
        ("Tuple(String)", ("x",), ["x"]),
        ("DateTime64(6, 'UTC')", datetime(2026, 1, 2, 3, 4, 5, 6, UTC), "2026-01-02 03:04:05.000006"),
        (
            "DateTime64(6, 'UTC')",
            datetime(2026, 1, 2, 4, tzinfo=timezone(timedelta(hours=1))),
            "2026-01-02 03:00:00.000000",
        ),
        ("Date", date(2026, 1, 2), "2026-01-02"),
        ("UUID", UUID(int=5), str(UUID(int=5))),
        ("Decimal(18, 4)", Decimal("1.5"), "1.5"),
        ("LowCardinality(String)", "\\", "\\"),
        ("String", "", ""),
        ("String", "\\N", "\\N"),
        ("String", "NULL", "NULL"),
    ],
)
def test_parameters_of_every_type(client, kind, value, wanted):
    assert one(client, f"{{p:{kind}}}", p=value) == wanted
    padded = client.rows(
        f"SELECT {{p:{kind}}} AS v, length({{long:String}}) AS n", params={"p": value, "long": "x" * 9999}
    )
    assert padded == [{"v": wanted, "n": 9999}]


def test_identifiers_and_look_alikes_of_placeholders(client):
    sql = "SELECT {name:Identifier} AS a, '{name:Identifier}' AS b /* {n:Identifier} */, map('x', 1) AS m FROM zeros(1)"
    wanted = [{"a": 0, "b": "{name:Identifier}", "m": {"x": 1}}]
    for filler in ("", "x" * 9999):
        assert client.rows(sql, params={"name": "zero", "filler": filler}) == wanted


@settings(max_examples=40)
@given(
    value=st.text(max_size=200),
    many=st.lists(st.text(max_size=20), max_size=5),
    number=st.integers(-(2**63), 2**63 - 1),
)
def test_any_text_and_number_comes_back(client, value, many, number):
    for padding in ("", "x" * 5000):
        row = client.rows(
            "SELECT {a:String} AS a, {b:Array(String)} AS b, {c:Int64} AS c, length({d:String}) AS d",
            params={"a": value, "b": many, "c": number, "d": padding},
        )
        assert row == [{"a": value, "b": many, "c": number, "d": len(padding)}]


@pytest.mark.parametrize(
    "sql, given_settings, name",
    [
        ("SELEC", {}, "SYNTAX_ERROR"),
        ("SELECT count() FROM numbers(1e12)", {"max_execution_time": 0.1}, "TIMEOUT_EXCEEDED"),
        ("SELECT groupArray(number) FROM numbers(1e8)", {"max_memory_usage": 10_000_000}, "MEMORY_LIMIT_EXCEEDED"),
        ("SELECT count() FROM numbers(1000)", {"max_rows_to_read": 10}, "TOO_MANY_ROWS"),
        ("SELECT number FROM numbers(1000)", {"max_result_rows": 10}, "TOO_MANY_ROWS_OR_BYTES"),
        ("CREATE TABLE x (a UInt8) ENGINE = Memory", {"readonly": 1}, "READONLY"),
        ("SELECT {missing:UInt8}", {}, "UNKNOWN_QUERY_PARAMETER"),
    ],
)
def test_errors_are_recognisable_by_name(client, loop_client, sql, given_settings, name):
    with pytest.raises(EngineError) as failed:
        client.rows(sql, settings=given_settings)
    assert failed.value.name == name and failed.value.code > 0
    assert failed.value.message.startswith("Code: ")
    with pytest.raises(EngineError) as failed:
        loop_client(lambda asynchronous: asynchronous.rows(sql, settings=given_settings))
    assert failed.value.name == name


def test_an_answer_that_fails_midway_is_an_error_in_every_mode(engine, loop_client):
    sql = "SELECT throwIf(number = 300000) AS a, repeat('x', 100) AS b FROM numbers(1000000)"
    given_settings = {"max_threads": 1, "max_block_size": 10_000}
    for waiting in ("0", "1"):
        client = Client(engine.address, settings=given_settings | {"wait_end_of_query": waiting})
        with pytest.raises(EngineError, match="throwIf"):
            client.command(sql)
        with pytest.raises(EngineError, match="throwIf"):
            client.rows(sql)
        client.close()
        with pytest.raises(EngineError, match="throwIf"):
            loop_client(lambda asynchronous, waiting=waiting: asynchronous.command(
                sql, settings=given_settings | {"wait_end_of_query": waiting}
            ))  # fmt: skip


def test_the_asynchronous_client_does_the_same(loop_client):
    async def work(client):
        await client.command("CREATE OR REPLACE TABLE awaited (a UInt64) ENGINE = MergeTree ORDER BY a")
        await client.command("INSERT INTO awaited VALUES (1), (2)")
        rows, answer = await asyncio.gather(
            client.rows("SELECT a FROM awaited WHERE a > {least:UInt64}", params={"least": 1}),
            client.answer("SELECT count() AS n FROM awaited"),
        )
        return rows, answer.rows, answer.scanned.rows

    assert loop_client(work) == ([{"a": 2}], [[2]], 1)


def test_a_cancelled_task_stops_its_statement_in_the_engine(engine, client, loop_client):
    running = "SELECT countIf(query LIKE '%(number + 1)%' AND query NOT LIKE '%proc%') AS n FROM system.processes"

    async def work(asynchronous):
        question = "SELECT count() FROM numbers(1e15) WHERE NOT ignore(sipHash64(number + 1))"
        task = asyncio.create_task(asynchronous.rows(question))
        await until(asynchronous, running, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(asynchronous, running, 0)
        return await asynchronous.rows("SELECT 1 AS one")

    assert loop_client(work) == [{"one": 1}]
    assert engine.restarts == 0


async def until(client, sql, wanted):
    deadline = time.monotonic() + 10
    while (await client.rows(sql))[0]["n"] != wanted:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def test_many_questions_at_once_do_not_mix(loop_client):
    async def work(client):
        ask = [client.rows("SELECT {k:UInt32} AS k, sleep(0.01)", params={"k": k}, settings={"max_threads": 1 + k % 2})
               for k in range(60)]  # fmt: skip
        return [rows[0]["k"] for rows in await asyncio.gather(*ask)]

    assert loop_client(work) == list(range(60))


def test_nobody_there_is_unavailable_and_says_when_to_come_back(loop_client):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nobody = Address(f"http://127.0.0.1:{port}", "trivet", "")
    client = Client(nobody)
    with pytest.raises(Unavailable) as failed:
        client.rows("SELECT 1")
    client.close()
    assert failed.value.retry_after and failed.value.status == 503

    async def work(_):
        asynchronous = AsyncClient(nobody)
        try:
            await asynchronous.rows("SELECT 1")
        finally:
            await asynchronous.close()

    with pytest.raises(Unavailable, match=r"^the engine cannot be reached: Connection refused$"):
        loop_client(work)


class Awaited:
    """The async client, used as the blocking one is."""

    def __init__(self, address, **options):
        self._address, self._options = address, options

    def rows(self, sql):
        async def ask():
            client = AsyncClient(self._address, **self._options)
            try:
                return await client.rows(sql)
            finally:
                await client.close()

        return asyncio.run(ask())

    def close(self):
        pass


@pytest.mark.parametrize("kind", [Client, Awaited])
def test_a_server_that_says_nothing_is_unavailable_after_the_given_time(kind):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = kind(Address(f"http://127.0.0.1:{silent.getsockname()[1]}", "trivet", ""), seconds=0.2)
        with pytest.raises(Unavailable):
            client.rows("SELECT 1")
        client.close()


@pytest.mark.parametrize("kind", [Client, Awaited])
@pytest.mark.parametrize(
    "reply, failure",
    [
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy", Unavailable),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n1\n", Unavailable),
        (b"no HTTP at all\r\n\r\n", Unavailable),
        (b"", Unavailable),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops", EngineError),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n["a"]\n[1\n', EngineError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", EngineError),
        (
            b'HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n["a"]\n["UInt8"]\n[1]\nCode: 159. DB::Exception: x',
            EngineError,
        ),
    ],
)
def test_answers_that_no_engine_of_ours_gives(kind, reply, failure):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=reply_once, args=(listener, reply))
        thread.start()
        client = kind(Address(f"http://127.0.0.1:{listener.getsockname()[1]}", "trivet", ""), seconds=5)
        with pytest.raises(failure):
            client.rows("SELECT 1")
        client.close()
        thread.join()


def reply_once(listener, reply):
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(reply)
