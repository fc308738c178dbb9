"""People's own tools work: clickhouse-connect, unchanged and with its defaults, against the embedded engine."""

import datetime
import decimal
import ipaddress
import uuid
from urllib.parse import urlsplit

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError

COLUMNS = {
    "i": ("Int64", [-(2**63), 2**63 - 1]),
    "u": ("UInt64", [0, 2**64 - 1]),
    "i128": ("Int128", [-(2**127), 2**127 - 1]),
    "f": ("Float64", [1.5, float("-inf")]),
    "s": ("String", ["é'\"\\\n\t", ""]),
    "fs": ("FixedString(4)", [b"ab\0\xff", b"abcd"]),
    "lc": ("LowCardinality(String)", ["x", "y"]),
    "n": ("Nullable(Int32)", [None, 1]),
    "b": ("Bool", [True, False]),
    "d": ("Date", [datetime.date(2026, 1, 2), datetime.date(1970, 1, 1)]),
    "t": ("DateTime", [datetime.datetime(2026, 1, 2, 3, 4, 5), datetime.datetime(1971, 1, 1)]),
    "t64": ("DateTime64(6, 'UTC')", [datetime.datetime(2026, 1, 2, 3, 4, 5, 678901), datetime.datetime(1971, 1, 1)]),
    "a": ("Array(Array(String))", [[["a", "b"], []], []]),
    "m": ("Map(String, UInt8)", [{"k": 1, "": 2}, {}]),
    "tu": ("Tuple(x Int8, y Nullable(String))", [{"x": 1, "y": None}, {"x": 2, "y": "z"}]),
    "uu": ("UUID", [uuid.UUID(int=7), uuid.UUID(int=2**127)]),
    "ip": ("IPv4", [ipaddress.ip_address("1.2.3.4"), ipaddress.ip_address("0.0.0.0")]),
    "ip6": ("IPv6", [ipaddress.ip_address("::1"), ipaddress.ip_address("2001:db8::2")]),
    "dec": ("Decimal(18, 4)", [decimal.Decimal("1.5"), decimal.Decimal("-0.0001")]),
    "e": ("Enum8('a' = 1, 'b,)' = 2)", ["a", "b,)"]),
}  # fmt: skip


@pytest.fixture(scope="module", params=[True, False, "zstd", "lz4", "gzip"], ids=lambda given: f"compress={given}")
def tool(request, engine):
    at = urlsplit(engine.address.url)
    tool = clickhouse_connect.get_client(
        host=at.hostname, port=at.port, username=engine.address.user, password=engine.address.password,
        compress=request.param, database="default",
    )  # fmt: skip
    yield tool
    tool.close()


def test_it_connects_and_knows_the_server(tool, engine):
    assert tool.server_version == engine.version and str(tool.server_tz) == "UTC"
    assert tool.ping()


def test_a_wrong_password_is_refused(engine):
    at = urlsplit(engine.address.url)
    with pytest.raises(DatabaseError) as failed:
        clickhouse_connect.get_client(host=at.hostname, port=at.port, username="trivet", password="wrong")
    assert failed.value.code == 516


def test_every_type_goes_in_and_comes_out(tool):
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
    tool.command(f"CREATE OR REPLACE TABLE every_type (k UInt8, {columns}) ENGINE = MergeTree ORDER BY k")
    rows = [[k, *(values[k] for _, values in COLUMNS.values())] for k in range(2)]
    assert tool.insert("every_type", rows).written_rows == 2
    back = tool.query("SELECT * FROM every_type ORDER BY k")
    assert back.column_names == ("k", *COLUMNS)
    assert [list(row) for row in back.result_rows] == rows


def test_inserts_of_many_rows_of_raw_data_and_by_statement(tool):
    tool.command("CREATE OR REPLACE TABLE many (a UInt64, b String) ENGINE = MergeTree ORDER BY a")
    tool.insert("many", [[number, f"row {number}"] for number in range(100_000)], column_names=["a", "b"])
    tool.raw_insert("many", ["a", "b"], "100000\tx\n100001\ty\n", fmt="TabSeparated")
    tool.command("INSERT INTO many VALUES (100002, 'it''s;')")
    tool.command("INSERT INTO many SELECT 100003, 'z'")
    assert tool.command("SELECT count() FROM many") == 100_004


def test_parameters(tool):
    result = tool.query(
        "SELECT {s:String}, {a:Array(String)}, {n:UInt64}, {d:DateTime}",
        parameters={"s": "it's\t\n\\", "a": ["q'", "b\n"], "n": 2**64 - 1, "d": datetime.datetime(2026, 1, 2, 3, 4, 5)},
    )
    assert result.result_rows == [("it's\t\n\\", ["q'", "b\n"], 2**64 - 1, datetime.datetime(2026, 1, 2, 3, 4, 5))]


def test_large_parameters_travel_in_a_form(engine):
    at = urlsplit(engine.address.url)
    with clickhouse_connect.get_client(
        host=at.hostname,
        port=at.port,
        username="trivet",
        password=engine.address.password,
        form_encode_query_params=True,
    ) as tool:
        assert tool.query("SELECT length({s:String})", parameters={"s": "é" * 100_000}).result_rows == [(200_000,)]


def test_settings_hold_for_their_statement(tool):
    asked = "SELECT getSetting('max_threads')"
    assert tool.query(asked, settings={"max_threads": 3}).result_rows == [(3,)]
    assert tool.query("SELECT getSetting('max_block_size')", settings={"readonly": 1}).result_rows == [(65409,)]
    assert tool.query(asked).result_rows != [(3,)]


def test_large_answers_stream(tool):
    with tool.query_row_block_stream("SELECT number, repeat('x', 50) FROM numbers(300000)") as blocks:
        sizes = [len(block) for block in blocks]
    assert sum(sizes) == 300_000 and len(sizes) > 1


def test_errors_before_and_midway(tool):
    with pytest.raises(DatabaseError) as failed:
        tool.query("SELECT nope")
    assert (failed.value.code, failed.value.name) == (47, "UNKNOWN_IDENTIFIER")
    sql = "SELECT number, throwIf(number = 300000), repeat('x', 100) FROM numbers(1000000)"
    with (
        pytest.raises(StreamFailureError, match="throwIf"),
        tool.query_row_block_stream(sql, settings={"max_threads": 1}) as blocks,
    ):
        for _ in blocks:
            pass
    assert tool.query("SELECT 1").result_rows == [(1,)]


def test_answers_without_rows_and_other_formats(tool):
    assert tool.query("SELECT 1 AS a WHERE 0").result_rows == []
    assert tool.query("SELECT 1 AS a LIMIT 0").column_names == ("a",)
    assert tool.raw_query("SELECT 1 AS a", fmt="JSONEachRow") == b'{"a":1}\n'
    assert tool.query_arrow("SELECT number FROM numbers(3)").num_rows == 3
    assert tool.query("SELECT count() AS n FROM numbers(1000)").summary["read_rows"] == "1000"
