"""The child as ClickHouse's HTTP interface, by hand: what other programs rely on."""

import gzip
import json
import socket
import time
import zlib

import httpx
import pytest
from lz4 import frame as lz4_frame

from trivet.store.compression import zstd

BIG = "SELECT number, repeat('x', 100) FROM numbers(200000)"


@pytest.fixture(scope="module")
def http(engine):
    with httpx.Client(base_url=engine.address.url, auth=(engine.address.user, engine.address.password)) as http:
        yield http


@pytest.fixture(scope="module")
def table(http):
    assert http.post("/", content="CREATE DATABASE IF NOT EXISTS by_hand").status_code == 200
    made = "CREATE OR REPLACE TABLE by_hand.t (a Int64, b String) ENGINE = MergeTree ORDER BY a"
    assert http.post("/", content=made).status_code == 200
    return "by_hand.t"


def ask(http, sql, **params):
    answer = http.post("/", params=params, content=sql)
    assert answer.status_code == 200, answer.text
    return answer.text


def fails(http, sql, **params):
    """Status, code and text of a refusal."""
    answer = http.post("/", params=params, content=sql)
    return answer.status_code, int(answer.headers["X-ClickHouse-Exception-Code"]), answer.text


def test_ping_needs_no_password_but_everything_else_does(engine, http):
    with httpx.Client(base_url=engine.address.url) as stranger:
        assert stranger.get("/ping").text == "Ok.\n"
        refused = stranger.post("/", content="SELECT 1")
        assert refused.status_code == 403 and refused.headers["X-ClickHouse-Exception-Code"] == "516"
        assert "Basic" in refused.headers["WWW-Authenticate"]
        assert stranger.get("/health").status_code == 403
    assert http.get("/").text == "Ok.\n"


def test_every_way_to_say_who_one_is(engine):
    user, password = engine.address.user, engine.address.password
    with httpx.Client(base_url=engine.address.url) as http:
        assert http.post("/", content="SELECT 1", auth=(user, password)).text == "1\n"
        headers = {"X-ClickHouse-User": user, "X-ClickHouse-Key": password}
        assert http.post("/", content="SELECT 1", headers=headers).text == "1\n"
        assert http.post("/", content="SELECT 1", params={"user": user, "password": password}).text == "1\n"
        for wrong in ({"user": user}, {"user": "other", "password": password}, {"user": user, "password": "é"}):
            assert http.post("/", content="SELECT 1", params=wrong).status_code == 403
        assert http.get("/", headers={"Authorization": "Basic ###"}).status_code == 403


def test_formats_by_clause_parameter_and_header(http):
    assert ask(http, "SELECT 1 AS a, 'x' AS b") == "1\tx\n"
    assert ask(http, "SELECT 1 AS a FORMAT JSONEachRow", default_format="CSV") == '{"a":1}\n'
    assert ask(http, "SELECT 1 AS a, 'x' AS b", default_format="CSV") == '1,"x"\n'
    answer = http.post("/", content="SELECT 1 AS a FORMAT JSON SETTINGS max_threads = 1")
    assert answer.json()["data"] == [{"a": 1}]
    assert answer.headers["X-ClickHouse-Format"] == "JSON"
    assert answer.headers["Content-Type"].startswith("application/json")
    assert http.post("/", content="SELECT 1", headers={"X-ClickHouse-Format": "CSV"}).text == "1\n"


def test_the_statement_may_come_in_the_url_in_the_body_or_in_both(http):
    assert http.get("/", params={"query": "SELECT 1"}).text == "1\n"
    assert http.post("/", params={"query": "SELECT 1"}).text == "1\n"
    assert http.post("/", params={"query": "SELECT"}, content="2").text == "2\n"
    assert http.post("/", content=iter([b"SEL", b"ECT ", b"3"])).text == "3\n"


def test_get_changes_nothing(http, table):
    refused = http.get("/", params={"query": f"INSERT INTO {table} VALUES (1, 'x')"})
    assert refused.headers["X-ClickHouse-Exception-Code"] == "164"
    assert http.get("/", params={"query": "SELECT getSetting('max_threads')", "max_threads": "1"}).text == "1\n"


def test_errors_carry_their_code_and_a_fitting_status(http):
    assert fails(http, "SELEC 1")[:2] == (400, 62)
    assert fails(http, "SELECT nope")[:2] == (404, 47)
    assert fails(http, "SELECT * FROM nope.nope")[:2] == (404, 81)
    assert fails(http, "SELECT 1", database="nope")[:2] == (404, 81)
    assert fails(http, "SELECT 1", no_such_setting="1")[:2] == (404, 115)
    assert fails(http, "SELECT 1", **{"bad name": "1"})[:2] == (404, 115)
    assert fails(http, "SELECT throwIf(1)")[:2] == (500, 395)
    status, _, text = fails(http, "SELECT {a:UInt8}", param_a="x")
    assert status == 400 and text.startswith("Code: 457. DB::Exception: ") and text.endswith("(BAD_QUERY_PARAMETER)\n")


def test_several_statements_are_refused_and_one_with_a_semicolon_is_not(http):
    assert fails(http, "SELECT 1; SELECT 2")[:2] == (400, 62)
    assert fails(http, "SELECT ';' /* ; */; DROP TABLE x")[:2] == (400, 62)
    assert ask(http, "SELECT ';' /* ; */; -- ;\n") == ";\n"


def test_settings_and_database_hold_for_one_statement_only(http, table):
    sql = "SELECT getSetting('max_threads'), currentDatabase()"
    assert ask(http, sql, max_threads="3", database="by_hand") == "3\tby_hand\n"
    assert ask(http, sql, session_id="s", session_timeout="60") != "3\tby_hand\n"
    assert ask(http, "SELECT count() FROM t", database="by_hand").strip().isdigit()


def test_a_connection_that_is_used_again_holds_nothing_of_the_statement_before(http):
    """Same terms, other values; then fewer parameters; then other settings: each as if it were the first."""
    text = "SELECT {a:String}, getSetting('max_block_size')"
    for value in "xyx":
        assert ask(http, text, param_a=value, max_block_size=99) == f"{value}\t99\n"
    assert fails(http, text, max_block_size=99)[1] == 456  # UNKNOWN_QUERY_PARAMETER
    assert ask(http, text, param_a="w") == "w\t65409\n"
    assert ask(http, "SELECT currentDatabase()", database="system") == "system\n"
    assert ask(http, "SELECT currentDatabase()") == "default\n"


def test_a_statement_that_sets_something_sets_it_for_nobody_else(http):
    ask(http, "SET max_block_size = 77")
    ask(http, "CREATE TEMPORARY TABLE held (a UInt8)")
    assert ask(http, "SELECT getSetting('max_block_size')") == "65409\n"
    assert fails(http, "SELECT * FROM held")[1] == 60


def test_readonly_holds(http, table):
    assert fails(http, "DROP TABLE by_hand.t", readonly="1", max_threads="2")[1] == 164
    assert fails(http, "SELECT 1 SETTINGS max_threads = 1", readonly="1")[1] == 164
    assert fails(http, "SET readonly = 0", readonly="1")[1] == 164
    assert ask(http, "SELECT getSetting('max_threads')", readonly="1", max_threads="2") == "2\n"


def test_the_readers_role_is_a_wall_of_its_own(http, table):
    reader = {"role": "trivet_reader", "readonly": "1"}
    assert ask(http, "SELECT 1", **reader) == "1\n"
    for sql in (
        f"SELECT * FROM {table}",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
        "SELECT * FROM remote('127.0.0.1', 'system.one')",
        "SELECT * FROM `/etc/passwd`",
        "SELECT * FROM system.users",
    ):
        assert fails(http, sql, **reader)[1] == 497, sql
    assert fails(http, "SELECT 1", role="nobody")[1] == 511


@pytest.mark.parametrize(
    "nasty", ["it's", "tab\\tnewline\\n", "back\\\\slash", "{a:String}", "--", "/*", "é\U0001f600", ""]
)
def test_parameters_in_the_url_and_in_a_form(http, nasty):
    sql = "SELECT {p:String} AS p FORMAT JSONEachRow"
    wanted = nasty.encode().decode("unicode_escape").encode("latin-1").decode() if "\\" in nasty else nasty
    in_url = http.post("/", params={"param_p": nasty}, content=sql)
    in_form = http.post("/", files={"query": (None, sql), "param_p": (None, nasty)})
    for answer in (in_url, in_form):
        assert json.loads(answer.text) == {"p": wanted}


def test_a_form_takes_a_parameter_of_a_megabyte(http):
    value = "x" * 1_000_000 + "é"
    answer = http.post("/", files={"query": (None, "SELECT length({p:String})"), "param_p": (None, value)})
    assert answer.text == "1000002\n"
    with_file = http.post("/", files={"query": (None, "SELECT 1"), "data": ("data.tsv", b"1\n")})
    assert with_file.status_code == 501


def test_inserts_by_every_road(http, table):
    roads = [
        lambda: http.post("/", content=f"INSERT INTO {table} VALUES (1, 'a;b'), (2, ')')"),
        lambda: http.post("/", content=f"INSERT INTO {table} FORMAT TSV\n3\tc\n"),
        lambda: http.post("/", params={"query": f"INSERT INTO {table} FORMAT TSV"}, content="4\td\n"),
        lambda: http.post("/", params={"query": f"INSERT INTO {table} FORMAT TSV\n5\te\n"}, content="6\tf\n"),
        lambda: http.post("/", params={"query": f"INSERT INTO {table} (a) VALUES"}, content=iter([b"(7", b")"])),
        lambda: http.post("/", content=f"INSERT INTO {table} SELECT number + 8, 'g' FROM numbers(2)"),
        lambda: http.post("/", content=f"/* INSERT */ insert into {table} format JSONEachRow" + ' {"a":10,"b":"h"}'),
        lambda: http.post(
            "/", content=f"INSERT INTO {table} (a, b) VALUES ({{p:Int64}}, 'i')", params={"param_p": "11"}
        ),
    ]
    for road in roads:
        answer = road()
        assert answer.status_code == 200, answer.text
        assert int(json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"]) > 0
    assert ask(http, f"SELECT groupArray(a) FROM (SELECT a FROM {table} ORDER BY a)") == "[1,2,3,4,5,6,7,8,9,10,11]\n"


@pytest.mark.parametrize(
    "coding, compress",
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("zstd", zstd.compress),
        ("lz4", lz4_frame.compress),
    ],
)
def test_compressed_bodies_and_answers(http, coding, compress):
    sql = b"SELECT 'pressed' AS a"
    answer = http.post("/", content=compress(sql), headers={"Content-Encoding": coding})
    assert answer.text == "pressed\n"
    with http.stream(
        "POST", "/", content=BIG, params={"enable_http_compression": "1"}, headers={"Accept-Encoding": coding}
    ) as big:
        assert big.headers["Content-Encoding"] == coding
        pressed = b"".join(big.iter_raw())
    expand = {"gzip": gzip.decompress, "deflate": zlib.decompress, "zstd": zstd.decompress, "lz4": lz4_frame.decompress}
    assert expand[coding](pressed).count(b"\n") == 200_000
    assert fails_to_read(http, compress(sql)[:-4], coding) == fails_to_read(http, b"nonsense", coding) == 36


def fails_to_read(http, body, coding):
    answer = http.post("/", content=body, headers={"Content-Encoding": coding})
    return int(answer.headers["X-ClickHouse-Exception-Code"])


def test_an_unknown_coding_and_clickhouses_own_compression_are_refused(http):
    assert fails_to_read(http, b"SELECT 1", "br") == 48
    assert fails(http, "SELECT 1", compress="1")[:2] == (501, 48)


def test_nothing_is_compressed_unless_asked(http):
    answer = http.post("/", content=BIG, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_a_refused_insert_stores_nothing_and_says_why_even_with_a_long_body(http, table):
    before = ask(http, f"SELECT count() FROM {table}")
    bad = b"".join(b"%d\tx\n" % number for number in range(100_000)) + b"oops\tx\n"
    for body in (bad, b"oops\n" + bad):
        answer = http.post("/", params={"query": f"INSERT INTO {table} FORMAT TSV"}, content=body)
        assert answer.headers["X-ClickHouse-Exception-Code"] == "27", answer.text
    lost = http.post("/", params={"query": "INSERT INTO by_hand.nope FORMAT TSV"}, content=b"1\tx\n" * 5_000_000)
    assert lost.headers["X-ClickHouse-Exception-Code"] == "60"
    assert ask(http, f"SELECT count() FROM {table}") == before


def test_an_insert_that_a_view_refuses_says_so_and_its_token_may_come_again(http, table):
    """The engine's library keeps to itself what goes wrong behind the first table."""
    to = "ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100"
    for sql in (
        "CREATE OR REPLACE TABLE by_hand.sent (a Int64) ENGINE = Null",
        f"CREATE OR REPLACE TABLE by_hand.kept (a Int64) {to}",
        "CREATE MATERIALIZED VIEW by_hand.keeps TO by_hand.kept AS SELECT a FROM by_hand.sent",
        "CREATE MATERIALIZED VIEW by_hand.throws TO by_hand.kept AS "
        "SELECT a + throwIf(a = 3, 'three') AS a FROM by_hand.sent",
    ):
        ask(http, sql)
    settings = {"insert_deduplication_token": "one", "deduplicate_blocks_in_dependent_materialized_views": "1"}
    status, code, text = fails(http, "INSERT INTO by_hand.sent FORMAT TSV\n2\n3\n", **settings)
    assert (status, code) == (500, 395) and "three" in text
    ask(http, "DROP VIEW by_hand.throws")
    ask(http, "INSERT INTO by_hand.sent FORMAT TSV\n2\n3\n", **settings)
    assert ask(http, "SELECT groupArray(a) FROM (SELECT a FROM by_hand.kept ORDER BY a)") == "[2,3]\n"


def test_an_insert_whose_sender_leaves_stores_nothing(engine, http, table):
    before = ask(http, f"SELECT count() FROM {table}")
    host, port = engine.address.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as raw:
        key = f"X-ClickHouse-User: trivet\r\nX-ClickHouse-Key: {engine.address.password}\r\n"
        head = f"POST /?query=INSERT%20INTO%20{table}%20FORMAT%20TSV HTTP/1.1\r\nHost: x\r\n{key}"
        raw.sendall(f"{head}Content-Length: 3000000\r\n\r\n".encode() + b"1\tx\n" * 500_000)
    deadline = time.monotonic() + 10
    while ask(http, "SELECT count() FROM system.processes WHERE query LIKE 'INSERT%'") != "0\n":
        assert time.monotonic() < deadline
    assert ask(http, f"SELECT count() FROM {table}") == before


def test_large_answers_are_streamed(http):
    with http.stream("POST", "/", content=BIG) as answer:
        assert "Content-Length" not in answer.headers
        assert sum(chunk.count(b"\n") for chunk in answer.iter_raw()) == 200_000
    whole = http.post("/", content=BIG, params={"wait_end_of_query": "1"})
    assert int(whole.headers["Content-Length"]) == len(whole.content)


def test_an_answer_that_fails_midway_ends_with_its_error(http):
    sql = "SELECT throwIf(number = 300000), repeat('x', 100) FROM numbers(1000000) SETTINGS max_block_size = 10000"
    answer = http.post("/", content=sql, params={"max_threads": "1"})
    assert answer.status_code == 200
    tag = answer.headers["X-ClickHouse-Exception-Tag"]
    message = answer.text.split(f"\r\n__exception__\r\n{tag}\r\n")[1]
    assert message.startswith("Code: 395.")
    error, length = message.removesuffix(f" {tag}\r\n__exception__\r\n").rsplit("\n", 1)
    assert len(error) + 1 == int(length)
    waited = http.post("/", content=sql, params={"max_threads": "1", "wait_end_of_query": "1"})
    assert waited.status_code == 500


@pytest.mark.parametrize("form", ["TSV", "Native", "JSONEachRow", "JSONCompact"])
def test_the_summary_counts_what_was_read(http, form):
    answer = http.post("/", content=f"SELECT number FROM numbers(100000) WHERE number % 1000 = 0 FORMAT {form}")
    summary = {name: int(value) for name, value in json.loads(answer.headers["X-ClickHouse-Summary"]).items()}
    assert (summary["read_rows"], summary["read_bytes"]) == (100_000, 800_000)
    assert summary["result_rows"] == 100 and summary["elapsed_ns"] > 0


def test_query_ids_come_back_harmless(http):
    assert (
        http.post("/", content="SELECT 1", params={"query_id": "mine-1"}).headers["X-ClickHouse-Query-Id"] == "mine-1"
    )
    odd = http.post("/", content="SELECT 1", params={"query_id": "a\r\nSet-Cookie: x'"})
    assert odd.headers["X-ClickHouse-Query-Id"] == "aSet-Cookie:x" and "Set-Cookie" not in odd.headers


def test_small_answers_do_not_wait_for_delayed_acknowledgements(http):
    began = time.monotonic()
    for _ in range(40):
        ask(http, "SELECT 1")
    assert time.monotonic() - began < 40 * 0.03


@pytest.mark.parametrize(
    "sql, settings",
    [
        (
            "SELECT number, sleepEachRow(0.05) FROM numbers(1000) SETTINGS max_block_size = 5",
            {"max_execution_time": "0.3"},
        ),
        ("SELECT number, sleepEachRow(0.05) FROM numbers(1000) FORMAT JSONCompact", {"max_execution_time": "0.3"}),
        ("SELECT groupArray(number) FROM numbers(10000000)", {"max_memory_usage": "10000000"}),
        ("SELECT number, throwIf(number = 5) FROM numbers(10) SETTINGS max_block_size = 1", {}),
        ("SELECT number FROM numbers(1000)", {"max_result_rows": "10"}),
    ],
)
def test_a_statement_that_failed_leaves_nothing_behind(http, sql, settings):
    assert http.post("/", content=sql, params=settings).status_code != 200
    for _ in range(10):
        assert ask(http, "SELECT 42") == "42\n"
        assert ask(http, "SELECT value FROM system.settings WHERE changed AND name LIKE 'max%' ORDER BY name") == ""


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))",
        "SELECT count() AS c FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number)) FORMAT JSON",
        "SELECT number, repeat('x', 1000) FROM numbers(1000000000000)",
        "SELECT number, sleepEachRow(0.1) FROM numbers(1000) SETTINGS max_block_size = 1",
    ],
    ids=["counting", "counting in a frame", "sending", "waiting"],
)
def test_a_client_that_leaves_stops_its_statement(engine, http, sql):
    host, port = engine.address.url.removeprefix("http://").split(":")
    running = "SELECT count() FROM system.processes WHERE query NOT LIKE '%system.processes%'"
    with socket.create_connection((host, int(port))) as raw:
        key = f"X-ClickHouse-User: trivet\r\nX-ClickHouse-Key: {engine.address.password}\r\n"
        raw.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{key}Content-Length: {len(sql)}\r\n\r\n{sql}".encode())
        wait_until(http, running, "1\n")
    wait_until(http, running, "0\n")


def wait_until(http, sql, wanted):
    deadline = time.monotonic() + 10
    while (seen := ask(http, sql)) != wanted:
        assert time.monotonic() < deadline, seen
        time.sleep(0.01)


def test_statements_that_wait_for_a_thread_never_begin_when_their_client_leaves(engine, http):
    """More clients than threads: those in the queue go away with their clients, and the next one is served."""
    host, port = engine.address.url.removeprefix("http://").split(":")
    key = f"X-ClickHouse-User: trivet\r\nX-ClickHouse-Key: {engine.address.password}\r\n"
    sql = "SELECT number, sleepEachRow(0.1) FROM numbers(7777) SETTINGS max_block_size = 1"
    clients = [socket.create_connection((host, int(port))) for _ in range(40)]
    for client in clients:
        client.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{key}Content-Length: {len(sql)}\r\n\r\n{sql}".encode())
    health = http.get("/health")
    assert health.status_code == 200  # on a thread of its own
    for client in clients:
        client.close()
    left = "SELECT count() FROM system.processes WHERE query LIKE '%(7777)%' AND query NOT LIKE '%proc%'"
    wait_until(http, left, "0\n")
