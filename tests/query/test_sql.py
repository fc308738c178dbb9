"""What people may ask in SQL, checked by the guard and then run behind all walls; and how refusals read."""

import time

import pytest
from running_engine import running_engine
from sql_targets import sql_targets

from trivet.errors import Invalid, NotAllowed
from trivet.query.sql.check import MAX_LENGTH, check
from trivet.store.client import EngineError

ALLOWED = """
SELECT 1
;;
select count(*) from spans
;;
SELECT service, count() AS n, avg(duration) / 1e6 AS ms FROM spans
WHERE start > now() - INTERVAL 1 HOUR AND status = 'error' GROUP BY service ORDER BY n DESC LIMIT 10;
;;
WITH slow AS (SELECT trace_id, max(duration) AS d FROM spans GROUP BY trace_id), 5 AS k
SELECT * FROM slow ORDER BY d DESC LIMIT 5
;;
SELECT attributes['http.route'] AS route, quantiles(0.5, 0.99)(duration) FROM spans
WHERE mapContains(attributes, 'http.route') GROUP BY route WITH TOTALS
;;
SELECT arrayMap(x -> x * 2, range(10)), arrayFilter((x, y) -> x > y, [1,2], [2,1]), arraySort([3,1,2]), arraySum([1,2])
;;
SELECT number, sum(number) OVER (PARTITION BY number % 2 ORDER BY number ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
FROM numbers(10)
;;
SELECT row_number() OVER w AS r, name FROM spans WINDOW w AS (PARTITION BY service ORDER BY start) QUALIFY r = 1
;;
SELECT a.trace_id, b.name FROM spans AS a
INNER JOIN spans AS b ON a.span_id = b.parent_span_id AND a.trace_id = b.trace_id WHERE a.kind IN ('server', 'consumer')
;;
SELECT s.name FROM spans s LEFT JOIN logs l USING (trace_id) WHERE l.severity NOT IN ('info', 'debug')
;;
SELECT k, count() FROM spans ARRAY JOIN mapKeys(attributes) AS k GROUP BY k
;;
SELECT k, v FROM spans s LEFT ARRAY JOIN mapKeys(s.attributes) AS k, mapValues(s.attributes) AS v
;;
SELECT * FROM (SELECT trace_id FROM spans UNION ALL SELECT trace_id FROM logs) AS u GROUP BY ALL
;;
SELECT trace_id FROM spans
WHERE trace_id IN (SELECT trace_id FROM logs WHERE severity = 'error') AND NOT (name LIKE '%health%')
;;
EXPLAIN SELECT 1
;;
EXPLAIN PLAN indexes = 1, actions = 1 SELECT * FROM spans WHERE trace_id = 'x'
;;
EXPLAIN PIPELINE SELECT count() FROM logs
;;
EXPLAIN AST SELECT 1
;;
EXPLAIN QUERY TREE SELECT 1
;;
EXPLAIN SYNTAX SELECT 1
;;
SHOW TABLES
;;
SHOW TABLES NOT LIKE 'sp%'
;;
SHOW COLUMNS FROM spans
;;
SHOW CREATE TABLE spans
;;
SHOW FUNCTIONS LIKE 'array%'
;;
DESCRIBE spans
;;
DESC TABLE logs
;;
DESCRIBE TABLE (SELECT 1 AS a)
;;
DESCRIBE (SELECT 1 AS a)
;;
DESCRIBE TABLE numbers(1)
;;
SELECT 'file(''/etc/passwd'')', 'INTO OUTFILE', "name", `kind`, 'DROP TABLE; --' FROM spans -- file('/etc/passwd')
;;
SELECT /* url('http://x') /* nested */ */ name # file('x')
FROM spans
;;
SELECT CAST(duration AS Float64), duration::Nullable(String), toTypeName(start), CAST('[1]', 'Array(UInt8)') FROM spans
;;
SELECT CASE WHEN duration > 1000 THEN 'slow' ELSE 'fast' END AS speed, if(running, 1, 0) ? 'a' : 'b' FROM spans
;;
SELECT EXTRACT(HOUR FROM start), TRIM(BOTH ' ' FROM name), SUBSTRING(name FROM 1 FOR 3) FROM spans
;;
SELECT countIf(status = 'error') AS errors, sumIf(duration, kind = 'server'), uniqExactIf(trace_id, running),
quantileTDigestWeighted(0.9)(duration, 1) FROM spans
;;
SELECT * FROM system.functions WHERE name ILIKE '%quantile%'
;;
SELECT name FROM system.tables UNION ALL SELECT name FROM system.columns WHERE table = 'spans'
;;
SELECT * FROM system.one, numbers(2) AS n
;;
SELECT * EXCEPT (attributes, resource) REPLACE (duration / 1e6 AS duration) FROM spans
;;
SELECT COLUMNS('^(trace|span)_id$') APPLY(length) FROM spans
;;
SELECT * APPLY(toString), * APPLY(x -> toString(x)), COLUMNS('number') APPLY quantiles(0.5)
FROM numbers(1) GROUP BY number
;;
SELECT tuple(1, 'a').1, (1,2).2, [1,2][1], map('a', 1)['a'], attributes['k'] FROM spans
;;
SELECT DISTINCT service FROM spans ORDER BY service ASC NULLS LAST LIMIT 5 OFFSET 2
;;
SELECT toStartOfInterval(start, INTERVAL 5 MINUTE) AS t, count() FROM spans GROUP BY t
ORDER BY t WITH FILL STEP INTERVAL 5 MINUTE
;;
SELECT name, count() FROM spans GROUP BY GROUPING SETS ((name), (service)) HAVING count() > 0
;;
SELECT name, count() c FROM spans GROUP BY ROLLUP(name, service)
;;
(SELECT 1) UNION DISTINCT (SELECT 2)
;;
SELECT (SELECT max(duration) FROM spans) AS m, exists(SELECT 1 FROM logs)
;;
SELECT 1 WHERE EXISTS (SELECT 1 FROM spans)
;;
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n) FROM t
;;
WITH (SELECT count() FROM spans) AS total SELECT total, x.a FROM (SELECT 1 AS a) AS x
;;
SELECT a, b FROM values('a UInt8, b Map(String, Array(Enum8(''x'' = 1)))', (1, map('k', ['x'])), (2, map()))
;;
SELECT * FROM values('t DateTime64(9, \\'UTC\\')', '2026-01-02 03:04:05') AS a, values(1, 2, 3) AS b
;;
SELECT $$a 'quoted' heredoc$$, $x$y$x$
;;
SELECT user, hostname, database, version FROM (SELECT 1 AS user, 2 AS hostname, 3 AS database, 4 AS version)
;;
SELECT format('{} {}', service, name) AS format FROM spans ORDER BY format
;;
SELECT attributes['settings'], s.settings FROM (SELECT attributes, 1 AS `settings` FROM spans) AS s
;;
SELECT min(start), max(start) FROM spans WHERE duration BETWEEN 1 AND 100
;;
SELECT name FROM spans LIMIT 1 BY service
;;
SELECT sum(duration) FILTER (WHERE status = 'ok') FROM spans
;;
SELECT x FROM (SELECT arrayJoin([1,2,3]) AS x) WHERE x IN (1, 2) OR x IN [3] OR (x, 1) IN ((1,1),(2,2)) OR x IN (1 + 1)
;;
SELECT now() - toIntervalHour(1), date_trunc('hour', now()), today(), DATE '2026-01-01', INTERVAL '1' DAY
;;
SELECT count() FROM traces
;;
SELECT quantile(0.5)(value) FROM metric_points WHERE metric = 'x'
;;
SELECT arrayReduce('sum', [1,2]), arrayReduce('quantiles(0.5, 0.9)', [1,2]), arrayReduce('maxIf', [1], [1])
;;
SELECT arrayFold((acc, x) -> acc + x, [1,2], toInt64(0))
;;
SELECT lower(hex(cityHash64('a'))), JSONExtractString('{"a":"b"}', 'a'), splitByChar(',', 'a,b')
;;
SELECT -1, - 1, 1 - -1, not 1, 1 != 2, 1 <> 2, 'a' || 'b', 5 % 2, 5 DIV 2, 5 MOD 2, 1.5e3, .5, 0x1F, 1_000
;;
SELECT a.b FROM (SELECT tuple(1)::Tuple(b UInt8) AS a)
;;
select number as n from system.numbers limit 3
;;
SELECT mapFilter((k, v) -> k LIKE 'http%', attributes), mapSort(attributes) FROM spans
;;
SELECT * FROM spans AS a ASOF JOIN spans AS b ON a.trace_id = b.trace_id AND a.start >= b.start
;;
SELECT * FROM spans AS a JOIN logs AS b ON a.trace_id = b.trace_id AND a.kind IN ['server', 'client'], numbers(3) AS n
;;
SELECT\u00a0count()\u2003FROM\u3000spans
"""


@pytest.fixture(scope="module")
def targets(tmp_path_factory):
    directory = tmp_path_factory.mktemp("targets")
    with running_engine(directory / "engine", confine=False) as engine, sql_targets(engine, directory) as targets:
        yield targets


@pytest.mark.parametrize("statement", [part.strip("\n") for part in ALLOWED.split("\n;;\n")])
def test_questions_pass_and_run_behind_all_walls(targets, statement):
    assert targets.reader.answer(check(statement)).columns


@pytest.mark.parametrize(
    "statement, rows",
    [
        ("SELECT 'it''s', 'back\\\\slash', \"a b\" FROM (SELECT 1 AS `a b`)", [["it's", "back\\slash", 1]]),
        ("SELECT $x$it's \\ /* -- */$x$ AS h", [["it's \\ /* -- */"]]),
        ("SELECT 1 -- one\n+ /* two */ 2 # three\n AS n", [[3]]),
        ("SHOW TABLES", [["logs"], ["metric_points"], ["spans"], ["traces"]]),
        ("SHOW TABLES LIKE 's%'", [["spans"]]),
        ("SELECT name FROM system.tables WHERE name = 'private'", [["private"]]),
        ("SELECT DISTINCT database FROM system.tables WHERE database != 'system'", [["trivet_guarded"]]),
    ],
)
def test_what_comes_back_is_what_was_meant(targets, statement, rows):
    assert targets.reader.answer(check(statement)).rows == rows


def test_describe_and_show_columns_tell_the_columns(targets):
    for statement in ("DESCRIBE spans", "SHOW COLUMNS FROM spans"):
        names = [row[0] for row in targets.reader.answer(check(statement)).rows]
        assert names[:3] == ["trace_id", "span_id", "parent_span_id"]


def test_the_walls_behind_the_guard_stand_by_themselves(targets):
    for statement in (
        "SELECT * FROM OTHER.private",
        "SELECT * FROM file('SECRET', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:PORT/', 'LineAsString')",
        "INSERT INTO private VALUES ('x', 1)",
        "DROP TABLE private",
        "CREATE TABLE x (a UInt8) ENGINE = Memory",
        "SET readonly = 0",
        "SELECT 1 SETTINGS max_threads = 1",
    ):
        with pytest.raises(EngineError) as failed:
            targets.reader.command(targets.fill(statement))
        assert failed.value.name in ("ACCESS_DENIED", "READONLY"), statement


@pytest.mark.parametrize(
    "statement, kind, at, word",
    [
        ("", Invalid, 0, "no statement"),
        (" ; ; -- nothing", Invalid, 0, "no statement"),
        ("SELECT 'open", Invalid, 7, "not closed"),
        ("SELECT 1 /* open", Invalid, 9, "not closed"),
        ("SELECT \x01", Invalid, 7, "character"),
        ("SELECT '\ud800'", Invalid, 8, "character"),
        ("SELECT \u2018x\u2019", Invalid, 7, "none of SQL"),
        ("SELECT `a\\`b`", Invalid, 7, "backslash"),
        ("SELECT 1" + " " * MAX_LENGTH, Invalid, MAX_LENGTH, "longer"),
        ("DESCRIBE", Invalid, 8, "table is missing"),
        ("DROP TABLE spans", NotAllowed, 0, "not one SELECT"),
        ("SELECT 1; SELECT 2", NotAllowed, 8, "one statement"),
        ("SELECT 1, file('x')", NotAllowed, 10, "file()"),
        ("SELECT *\nFROM private", NotAllowed, 14, "table private"),
        ("SELECT 1 INTO OUTFILE 'x'", NotAllowed, 9, "INTO"),
        ("SELECT 1 FORMAT JSON", NotAllowed, 9, "FORMAT"),
        ("SELECT arrayMap(length, ['a'])", NotAllowed, 16, "lambda"),
        ("SELECT " + "(" * 200 + "1" + ")" * 200, NotAllowed, 107, "deep"),
        ("SELECT (1]", NotAllowed, 9, "bracket"),
        ("SELECT 1)", NotAllowed, 8, "bracket"),
        ("SELECT 1 FROM", NotAllowed, 9, "table is missing"),
    ],
)
def test_refusals_say_what_and_where(statement, kind, at, word):
    with pytest.raises(kind) as refused:
        check(statement)
    assert refused.value.at == at and word in refused.value.message
    assert refused.value.code == ("bad_sql" if kind is Invalid else "not_allowed")
    assert refused.value.status == (400 if kind is Invalid else 403)


def test_a_large_statement_is_checked_quickly():
    statement = f"SELECT 1 IN ({', '.join(str(number) for number in range(15_000))}), {'(' * 90}1{')' * 90}"
    began = time.perf_counter()
    check(statement)
    assert time.perf_counter() - began < 2
