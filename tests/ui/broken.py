"""Traces as they should not be, and are: each is one thing that real telemetry gets wrong, readable all the same."""

from telemetry import MS, S, Telemetry
from ui.stories import LONG_NAME, Story

DAY = 24 * 3600 * S
YEAR_2500 = 16_725_225_600 * S
SCRIPTS = (
    "Bericht für Köln erzeugen",
    "レポートを生成する東京",
    "сформировать отчёт",
    "إنشاء تقرير",
    "🚚 deliver",
    "a\tb\nc",
)


def missing_root(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    """A cloud front end's span never arrives: what it called hangs under its id."""
    story = Story(telemetry, trace, at)
    front = 0xF0 << 40
    serve = story.span("GET /videos", "web", 0, 80 * MS, front, kind="server")
    story.span("SELECT videos", "postgresql", 10 * MS, 50 * MS, serve, kind="client")
    story.span("GET /thumbnails", "web", 20 * MS, 30 * MS, front, kind="server", status="error", message="502")


def missing_parents(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    """The middle of the trace was lost, thrice over."""
    story = Story(telemetry, trace, at)
    story.span("POST /orders", "shop", 0, 300 * MS, kind="server")
    for lost in range(3):
        for call in range(4):
            story.span(f"charge card {call}", "payments", (20 + lost * 90 + call * 15) * MS, 12 * MS, 0xDEAD00 + lost)


def two_roots(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    story = Story(telemetry, trace, at)
    one = story.span("cron: hourly", "cron", 0, 90 * MS)
    story.span("clean up", "cron", 10 * MS, 60 * MS, one)
    two = story.span("cron: daily", "cron", 40 * MS, 200 * MS)
    story.span("report", "cron", 50 * MS, 180 * MS, two)


def skewed(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    """The backend's clock is four seconds behind."""
    story = Story(telemetry, trace, at)
    root = story.span("GET /", "edge", 0, 120 * MS, kind="server")
    call = story.span("GET", "edge", 10 * MS, 100 * MS, root, kind="client")
    serve = story.span("GET /home", "backend", -4 * S, 90 * MS, call, kind="server")
    story.span("SELECT", "backend", -4 * S + 5 * MS, 70 * MS, serve, kind="client")
    story.log("rendered", serve, -4 * S + 80 * MS, "backend")


def zero_length(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    """Nothing took any time, all at once."""
    story = Story(telemetry, trace, at)
    root = story.span("mark", "batch", 0, 0)
    for step in range(5):
        story.span(f"step {step}", "batch", 0, 0, root)


def outliving(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    """Children that begin before their parent, end after it, or begin after it is over."""
    story = Story(telemetry, trace, at)
    root = story.span("POST /jobs", "api", 100 * MS, 50 * MS, kind="server")
    story.span("warm up", "api", 60 * MS, 60 * MS, root)
    story.span("send mail", "api", 140 * MS, 300 * MS, root)
    story.span("write audit log", "api", 200 * MS, 30 * MS, root)


def wide(telemetry: Telemetry, trace: int, at: int = 0, children: int = 10_000) -> None:
    """Ten levels deep and then ten thousand children, half of them at once."""
    story = Story(telemetry, trace, at)
    above = story.span("level 0", "importer", 0, children * MS)
    for level in range(1, 10):
        above = story.span(f"level {level}", "importer", level * MS, (children - 2 * level) * MS, above)
    for child in range(children):
        lasts = 40 * MS if child % 2 else MS // 2
        story.span(f"row {child % 977}", f"shard-{child % 5}", (10 + child) * MS, lasts, above)


def names(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    """Two hundred characters, other scripts, right to left, control characters, none at all."""
    story = Story(telemetry, trace, at)
    root = story.span(LONG_NAME, "a-service-whose-name-is-much-too-long-for-any-column-it-could-stand-in", 0, 100 * MS)
    for place, name in enumerate((*SCRIPTS, "", " ")):
        story.span(name, "サービス", place * 10 * MS, 9 * MS, root, status="error" if place == 2 else "unset")
    story.log("строка журнала, إنشاء, 東京", root, 40 * MS, "サービス", "warn")


def times(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    """Time 0, an end before its start, and the year 2500, beside a span that is right."""
    story = Story(telemetry, trace, at)
    root = story.span("GET /", "web", 0, 100 * MS, kind="server")
    story.span("no clock", "device", -(telemetry.start + at), 0, root)
    story.span("ends before it starts", "web", 50 * MS, -20 * MS, root)
    story.span("from the year 2500", "device", YEAR_2500 - telemetry.start - at, 10 * MS, root)


def queued_for_a_day(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    story = Story(telemetry, trace, at - DAY)
    root = story.span("POST /exports", "web", 0, 90 * MS, kind="server")
    send = story.span("export publish", "web", 60 * MS, 8 * MS, root, kind="producer")
    job = story.span("export process", "worker", DAY, 4 * S, send, kind="consumer")
    story.span("SELECT everything", "postgresql", DAY + 100 * MS, 3 * S, job, kind="client")


def backwards(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    """A span that ends before it starts, alone."""
    Story(telemetry, trace, at).span("ends before it starts", "web", 0, -20 * MS)


BROKEN = {
    101: missing_root,
    102: missing_parents,
    103: two_roots,
    104: skewed,
    105: zero_length,
    106: outliving,
    107: wide,
    108: names,
    109: times,
    110: queued_for_a_day,
    111: backwards,
}
