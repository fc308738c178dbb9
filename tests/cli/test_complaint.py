from trivet.cli.complaint import Refused, complaint
from trivet.errors import CannotStart


def test_what_happened_and_what_to_do():
    error = CannotStart("port 4318 is in use", hint="stop the other server, or choose a port with --http")
    assert complaint(error) == ("trivet: port 4318 is in use\n  stop the other server, or choose a port with --http")


def test_a_column_is_pointed_at():
    error = Refused("unknown operator '=='", text="service==api", at=7, hint="use '='")
    assert complaint(error).splitlines() == [
        "trivet: unknown operator '=='",
        "  service==api",
        "         ^",
        "  use '='",
    ]


def test_in_a_text_of_several_lines_only_the_line_is_shown():
    text = "SELECT 1\nFROM\tnowhere\nWHERE x"
    error = Refused("no such table", text=text, at=text.index("nowhere"))
    assert complaint(error).splitlines()[1:] == ["  FROM nowhere", "       ^"]


def test_a_long_line_is_cut_around_the_place():
    text = "a" * 300 + "!" + "b" * 300
    _, line, caret = complaint(Refused("no", text=text, at=300)).splitlines()
    assert len(line) == 102 and line[caret.index("^")] == "!"


def test_a_place_beyond_the_end_points_behind_it():
    assert complaint(Refused("it ends too early", text="a and", at=5)).endswith("  a and\n       ^")
    assert complaint(Refused("it ends too early", text="a and", at=99)).endswith("  a and\n       ^")
    assert complaint(Refused("nothing to point into", at=3)) == "trivet: nothing to point into"
