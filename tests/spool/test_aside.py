import os

from trivet.spool.aside import Aside
from trivet.spool.record import Record


def record(number: int, size: int = 10) -> Record:
    return Record(number, 0, "default", b"", 1, b"%d" % number * size)


def test_a_request_is_kept_with_its_reason(tmp_path):
    aside = Aside(tmp_path / "aside")
    for _ in range(2):
        aside.put("logs", record(7), "no such field")
    (path,) = aside.requests()
    assert path.name == "logs-000000000007.otlp" and path.read_bytes() == record(7).body
    assert path.with_suffix(".txt").read_text() == "no such field\n"


def test_the_oldest_make_room(tmp_path):
    aside = Aside(tmp_path / "aside", max_bytes=25)
    for number in range(1, 6):
        aside.put("traces", record(number), "why")
        os.utime(tmp_path / "aside" / f"traces-{number:012d}.otlp", ns=(number, number))
    assert [path.stem for path in aside.requests()] == ["traces-000000000004", "traces-000000000005"]
    assert len(list((tmp_path / "aside").iterdir())) == 4


def test_one_that_is_too_big_alone_is_kept_all_the_same(tmp_path):
    aside = Aside(tmp_path / "aside", max_bytes=25)
    aside.put("traces", record(1, size=100), "why")
    assert len(aside.requests()) == 1
