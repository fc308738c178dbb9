import pytest

from trivet.store.exceptions import LONGEST, EngineError, http_status


@pytest.mark.parametrize(
    "text, code, name",
    [
        ("Code: 60. DB::Exception: Table x does not exist. (UNKNOWN_TABLE)", 60, "UNKNOWN_TABLE"),
        ("Code: 62. DB::Exception: at 1 (version 26.9.2.1 (official build))", 62, "UNKNOWN_EXCEPTION"),
        ("Code: 47. DB::Exception: no. (UNKNOWN_IDENTIFIER) (version 25.8)\n", 47, "UNKNOWN_IDENTIFIER"),
        ("Streaming query failed: Code: 241. DB::Exception: (total). (MEMORY_LIMIT)", 241, "MEMORY_LIMIT"),
        ("Code: 1000. DB::NetException: x. (NETWORK_ERROR)", 1000, "NETWORK_ERROR"),
        ("nothing of ClickHouse", 1002, "UNKNOWN_EXCEPTION"),
    ],
)  # fmt: skip
def test_codes_and_names_are_read(text, code, name):
    error = EngineError.read(text)
    assert (error.code, error.name) == (code, name)


def test_a_code_from_a_header_wins_and_long_messages_are_cut():
    error = EngineError.read("Code: 62. DB::Exception: " + "x" * 100_000 + ". (SYNTAX_ERROR)", 63)
    assert error.code == 63 and error.name == "SYNTAX_ERROR" and len(error.message) < LONGEST + 10
    assert error.message.endswith("(SYNTAX_ERROR)")


def test_statuses():
    assert [http_status(code) for code in (62, 60, 516, 48, 241, 9999)] == [400, 404, 403, 501, 500, 500]
