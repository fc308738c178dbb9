"""What the HTTP side reads out of a statement."""

import pytest

from trivet.store.client import EngineError
from trivet.store.statement import read


@pytest.mark.parametrize(
    "sql, verb, form",
    [
        ("SELECT 1", "SELECT", None),
        ("SELECT 1 FORMAT JSON", "SELECT", "JSON"),
        ("SELECT 1 format `JSONEachRow` ;", "SELECT", "JSONEachRow"),
        ("SELECT 1 FORMAT JSON SETTINGS max_threads = 1", "SELECT", "JSON"),
        ("SELECT 1\n FORMAT Native", "SELECT", "Native"),
        ("SELECT 'FORMAT JSON' /* FORMAT CSV */", "SELECT", None),
        ("SELECT format FROM t", "SELECT", None),
        ("SELECT format('{}', x) FROM t", "SELECT", None),
        ("SELECT format FROM t FORMAT TSV", "SELECT", "TSV"),
        ("-- FORMAT x\n(SELECT 1) FORMAT CSV", "SELECT", "CSV"),
        ("/* INSERT */ select 1", "SELECT", None),
        ("  ", "", None),
        ("CREATE TABLE t (format String) ENGINE = Memory", "CREATE", None),
        ("INSERT INTO t SELECT 1", "INSERT", None),
        ("INSERT INTO t SELECT 'FORMAT TSV' FORMAT Null", "INSERT", "Null"),
        ("INSERT INTO t WITH 1 AS x SELECT x", "INSERT", None),
        ("INSERT INTO t", "INSERT", None),
    ],
)
def test_verb_and_format(sql, verb, form):
    found = read(sql)
    assert (found.verb, found.text, found.format, found.data) == (verb, sql, form, None)


@pytest.mark.parametrize(
    "sql, text, form, data",
    [
        ("INSERT INTO t FORMAT TSV\n1\t2\n", "INSERT INTO t ", "TSV", "1\t2\n"),
        ("INSERT INTO t FORMAT TSV\r\n1", "INSERT INTO t ", "TSV", "1"),
        ("INSERT INTO t FORMAT TSV  \n\n1", "INSERT INTO t ", "TSV", "\n1"),
        ("INSERT INTO t FORMAT Native\n\x01\xffFORMAT x'", "INSERT INTO t ", "Native", "\x01\xffFORMAT x'"),
        ('insert into t format JSONEachRow {"a":1}', "insert into t ", "JSONEachRow", '{"a":1}'),
        ("INSERT INTO t (a, format) VALUES (1, 'x;y')", "INSERT INTO t (a, format) ", "Values", " (1, 'x;y')"),
        ("INSERT INTO values VALUES (1)", "INSERT INTO values ", "Values", " (1)"),
        ("INSERT INTO d.values VALUES (1)", "INSERT INTO d.values ", "Values", " (1)"),
        ("INSERT INTO t SETTINGS a = 'FORMAT x' FORMAT CSV", "INSERT INTO t SETTINGS a = 'FORMAT x' ", "CSV", ""),
        (
            "/* c */ INSERT INTO t -- FORMAT x\n FORMAT RowBinary\n",
            "/* c */ INSERT INTO t -- FORMAT x\n ",
            "RowBinary",
            "",
        ),
    ],
)
def test_where_the_data_of_an_insert_begins(sql, text, form, data):
    found = read(sql)
    assert (found.verb, found.text, found.format, sql[found.data :]) == ("INSERT", text, form, data)


@pytest.mark.parametrize("sql", ["SELECT 1; SELECT 2", "SELECT 1;/* */;x", "INSERT INTO t SELECT 1; DROP TABLE t"])
def test_several_statements_are_refused(sql):
    with pytest.raises(EngineError, match="Multi-statements"):
        read(sql)


@pytest.mark.parametrize("sql", ["SELECT ';'", "SELECT 1;", "SELECT 1 ; ; -- ;", "SELECT 1 /* ; */ ;\n"])
def test_one_statement_may_end_in_a_semicolon(sql):
    assert read(sql).text == sql
