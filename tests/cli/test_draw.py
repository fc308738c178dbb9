"""The waterfall: snapshots at fixed widths, and what holds for any trace at any width."""

import textwrap

import pytest
from api_answers import event, exception, log, span, trace
from hypothesis import given, settings
from hypothesis import strategies as st
from traces_by_hand import any_spans

from trivet.cli.draw import Scale, waterfall
from trivet.query.facts.spans import Spans

pytestmark = pytest.mark.usefixtures("utc")

UPLOAD = trace(
    [
        span("a", None, 0, 1520, name="POST /videos", kind="server"),
        span("b", "a", 10, 1200, name="POST /api/videos", service="api"),
        span("c", "b", 20, 24, name="SELECT accounts", service="api"),
        span(
            "d", "b", 30, 700, name="INSERT videos", service="api", status={"code": "error", "message": ""},
            events=[exception(690, "sqlite3.IntegrityError", "UNIQUE constraint failed\nand more")],
        ),
        span("e", "a", 1250, 1260, name="publish", kind="producer", events=[event(1255, "queued", depth=3)]),
        span(
            "f", "e", 1300, 1500, name="transcode", kind="consumer", service="worker",
            running={
                "state": "running", "last_seen": "1",
                "stack": ["a.py:1 run", "worker.py:40 encode", "site-packages/av/frame.py:9 read"],
            },
        ),
    ],
    [
        log(12, "checking quota", "b"),
        log(695, "insert failed", "d", "error"),
        log(1400, "frame 12 of 400", "f", "warn"),
        log(5, "of no span"),
    ],
    facts={"first_error": "d"},
)  # fmt: skip


def drawn(answer: dict, width: int) -> str:
    return "\n".join(line.plain for line in waterfall(answer, width)) + "\n"


def test_a_whole_trace():
    assert drawn(UPLOAD, 80) == textwrap.dedent("""\
        POST /videos · web · 1.52 s · 6 spans · 4 log records · 1 error
        4bf92f3577b34da6a3ce929d0e0e4736 · 2025-10-09 08:53:20.000
        ✗ api › INSERT videos: sqlite3.IntegrityError: UNIQUE constraint failed
        ▸ transcode: still running after 200 ms

                                                            0                     1.52 s
        web · POST /videos                           1.52 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        ├─ api · POST /api/videos                    1.19 s ━━━━━━━━━━━━━━━━━━━━━━╸
        │  │ info  checking quota                  +12.0 ms •
        │  ├─ SELECT accounts                       4.00 ms ╸
        │  └─ ✗ INSERT videos                        670 ms ╺━━━━━━━━━━━━
        │       ✗ sqlite3.IntegrityError: UNIQUE    +690 ms             •
        │         constraint failed
        │       error insert failed                 +695 ms             •
        └─ publish                                  10.0 ms                        ╸
           │ ◆ queued depth=3                       +1.25 s                        •
           └─ worker · transcode                     200 ms                        ╺━━━▸
                warn  frame 12 of 400               +1.40 s                          •
                ▸ now at worker.py:40 encode        +1.50 s                            •
        info  of no span                           +5.00 ms •
        """)


def test_a_narrow_terminal_cuts_labels_and_deep_guides():
    assert drawn(UPLOAD, 44) == textwrap.dedent("""\
        POST /videos · web · 1.52 s · 6 spans · 4 l…
        4bf92f3577b34da6a3ce929d0e0e4736 · 2025-10-…
        ✗ api › INSERT videos: sqlite3.IntegrityErr…
        ▸ transcode: still running after 200 ms

                                     0        1.52 s
        web · POST /vide…     1.52 s ━━━━━━━━━━━━━━━
        ├─ api · POST /a…     1.19 s ━━━━━━━━━━━━
        │  │ info           +12.0 ms •
        │  │   checking
        │  │   quota
        │  ├─ SELECT acc…    4.00 ms ╸
        │  └─ ✗ INSERT v…     670 ms ━━━━━━━
        │       ✗ sqlite3    +690 ms       •
        │         .Integr
        │         ityErro
        │         r:…
        │       error        +695 ms       •
        │         insert
        │         failed
        └─ publish           10.0 ms             ╸
           │ ◆ queued        +1.25 s             •
           │   depth=3
           └─ worker · t…     200 ms             ╺━▸
                warn         +1.40 s              •
                  frame
                  12 of
                  400
                ▸ now at     +1.50 s               •
                  worker.
                  py:40
                  encode
        info  of no span    +5.00 ms •
        """)


def test_a_trace_of_log_records_alone():
    assert drawn(trace([], [log(0, "first"), log(50, {"a": 1})]), 60) == textwrap.dedent("""\
        no spans yet · 2 log records
        4bf92f3577b34da6a3ce929d0e0e4736 · 2025-10-09 08:53:20.000

                                               0             50.0 ms
        info  first                      +0 ns •
        info  {"a": 1}                +50.0 ms                     •
        """)


def test_nothing_at_all_still_draws():
    assert "no spans yet" in drawn(trace([]), 60)


def test_a_lost_span_a_missing_parent_and_a_cut_are_said():
    lost = span("x", "absent", 0, 5000, name="copy", running={"state": "lost", "last_seen": "1", "stack": []})
    text = drawn(trace([lost], truncated=True), 70)
    assert "copy: lost after 5.00 s" in text
    assert "the parent of 1 span has not arrived" in text
    assert "more spans than these" in text
    assert text.splitlines()[-1].endswith("━?")


def test_clocks_are_corrected_together_with_what_happened_inside():
    skewed = trace(
        [span("a", None, 0, 100), span("b", "a", 1000, 1010, events=[event(1005, "inside")])],
        [log(1005, "also inside", "b")],
        facts={"skew": [{"span_id": "b", "shift": -980 * 1_000_000}]},
    )
    text = drawn(skewed, 70)
    assert "+25.0 ms" in text and "+1.00 s" not in text
    assert len(text.splitlines()[3].rstrip()) <= 70  # the axis ends at 100 ms, not at a second
    assert "100 ms" in text.splitlines()[3]


def test_an_exception_says_its_first_line_and_a_status_without_one_its_message():
    bare = span("a", None, 0, 10, status={"code": "error", "message": "disk full\nat 3"})
    assert "✗ web › a: disk full" in drawn(trace([bare], facts={"first_error": "a"}), 70)


def test_escape_sequences_from_outside_do_nothing():
    hostile = trace(
        [span("a", None, 0, 10, name="a\x1b[2Jb", service="s\x9bs", events=[event(1, "e\x07", k="\x1b]0;t\x07")])],
        [log(2, "one\ntwo\u202e", "a")],
    )
    text = drawn(hostile, 90)
    assert not set(text) & {"\x1b", "\x9b", "\x07", "\u202e"}
    assert "one ⏎ two" in text


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 100, "━━━━━━━━━━"),
        (0, 0, "╸"),
        (50, 50, "     ╸"),
        (55, 60, "     ╺╸"),
        (95, 100, "         ╺"),
        (-50, 500, "━━━━━━━━━━"),
        (200, 300, "         ╺"),
    ],
)
def test_bars_have_half_cells_and_never_vanish(start: int, end: int, expected: str):
    assert Scale(0, 100, 10).bar(start, end).rstrip() == expected


def test_a_tip_replaces_the_end_of_the_bar():
    assert Scale(0, 100, 10).bar(20, 70, "▸") == "  ━━━━━▸"


@settings(max_examples=40)
@given(any_spans(), st.integers(30, 200), st.data())
def test_every_span_and_record_has_a_line_that_fits(spans: Spans, width: int, data: st.DataObject):
    rows = [
        span(f"{span_id}", parent, start, start + duration, name=f"name {row}", service=service)
        for row, (span_id, parent, start, duration, service) in enumerate(
            zip(spans.span_id, spans.parent, spans.start, spans.duration, spans.service, strict=True)
        )
    ]
    where = st.sampled_from([None, "absent", *spans.span_id])
    records = [log(at, "said", data.draw(where)) for at in data.draw(st.lists(st.integers(-50, 500), max_size=5))]
    lines = waterfall(trace(rows, records), width)
    assert all(line.cell_len <= width for line in lines)
    axis = next(number for number, line in enumerate(lines) if not line.plain) + 1
    figures = lines[axis].plain.index("0") - 12  # lines that only go on with a text have none
    assert sum(bool(line.plain[figures:].strip()) for line in lines[axis + 1 :]) == len(rows) + len(records)


def test_a_long_record_goes_on_below_and_ends_in_dots():
    said = " ".join(f"word{number}" for number in range(100))
    rows = drawn(trace([span("a", None, 0, 10), span("b", "a", 8, 9)], [log(5, said, "a")]), 80).splitlines()[4:-1]
    assert [row.split()[1] for row in rows] == ["·", "info", "word5", "word11", "word16"]
    assert rows[-1].endswith("…") and all("•" not in row for row in rows[2:])
    assert all(len(row) <= 80 for row in rows)


def test_a_type_that_is_a_number_gives_way_to_the_name_that_heads_the_stack():
    timeout = event(10, "exception", **{
        "exception.type": "23", "exception.message": "aborted",
        "exception.stacktrace": "TimeoutError: aborted\n    at upload (/app/a.js:1:2)",
    })  # fmt: skip
    answer = trace([span("a", None, 0, 20, name="POST /videos", status={"code": "error"}, events=[timeout])], [])
    assert "✗ TimeoutError: aborted" in drawn(answer, 80)
