from hypothesis import given
from hypothesis import strategies as st

from trivet.watch.waits import Session, SpanAddress, Waiting, holders, joined

TRACE, SPAN = "ab" * 16, "cd" * 8
COMMENT = f"/*traceparent='00-{TRACE}-{SPAN}-01'*/"


def waiting(pid: int, *blockers: int) -> Waiting:
    return Waiting(Session(pid, "app", "UPDATE"), "accounts", "RowExclusiveLock", 1.0, blockers)


def test_a_comment_names_the_span():
    address = SpanAddress(TRACE, SPAN)
    assert Session(1, "", f"UPDATE accounts {COMMENT}").span == address
    assert Session(1, "", f"/*db_driver='psycopg',traceparent='00-{TRACE}-{SPAN}-00'*/ UPDATE").span == address
    assert Session(1, f"accounts 00-{TRACE}-{SPAN}-01", "UPDATE accounts").span == address
    assert Session(1, "accounts", f"SELECT '00-{TRACE}-{SPAN}-01'").span is None
    assert Session(1, "", "UPDATE accounts /*traceparent='00-ab-cd-01'*/").span is None


def test_the_statement_wins_over_the_application_and_the_last_comment_over_the_first():
    other = f"/*traceparent='00-{'ee' * 16}-{'ff' * 8}-01'*/"
    assert Session(1, f"00-{'11' * 16}-{'22' * 8}-01", f"{other} UPDATE {COMMENT}").span == SpanAddress(TRACE, SPAN)


def test_a_session_is_named_for_a_person():
    assert Session(1, "migrate", f"LOCK  TABLE\n accounts {COMMENT}").name == "migrate › LOCK TABLE accounts"
    assert Session(7, "", "").name == "session 7"
    assert len(Session(1, "", "SELECT " + "x" * 1000).name) == 60


def test_the_holder_stands_at_the_end_of_the_queue():
    queue = [waiting(3, 2), waiting(2, 1), waiting(5, 3, 2)]
    assert holders(queue) == {3: 1, 2: 1, 5: 1}


def test_a_circle_and_a_prepared_transaction_have_no_holder():
    assert holders([waiting(1, 2), waiting(2, 1), waiting(3, 0)]) == {}


@given(st.dictionaries(st.integers(1, 6), st.lists(st.integers(0, 8), max_size=4), max_size=6))
def test_any_graph_ends_at_somebody_who_does_not_wait(blocked_by: dict[int, list[int]]):
    found = holders([waiting(pid, *ahead) for pid, ahead in blocked_by.items()])
    assert not set(found.values()) & {0, *blocked_by}
    for pid, ahead in blocked_by.items():
        if set(ahead) - {0, *blocked_by}:
            assert pid in found


@given(st.text(), st.text())
def test_any_statement_has_a_name_and_maybe_a_span(application: str, statement: str):
    session = Session(1, application, statement)
    assert session.name
    assert session.span is None or len(session.span.trace_id) == 32


def test_a_holder_that_has_left_meanwhile_is_nobody():
    [wait] = joined([waiting(3, 2)], [])
    assert wait.holder is None
