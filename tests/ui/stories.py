"""Traces to look at: what the page tests send to a real server, and what screenshots are taken of.

Each story is a small system's behaviour, told as the spans and log records that its programs would report.
"""

from telemetry import MS, Telemetry

US = 1000

STACK = """Traceback (most recent call last):
  File "/app/worker/segments.py", line 88, in load_segments
    rows = await pool.fetch(SELECT_SEGMENTS, video_id)
  File "/usr/lib/python3.13/site-packages/asyncpg/pool.py", line 592, in fetch
    return await con.fetch(query, *args, timeout=timeout)
  File "/usr/lib/python3.13/site-packages/asyncpg/connection.py", line 690, in fetch
    return await self._execute(query, args, 0, timeout)
asyncpg.exceptions.QueryCanceledError: canceling statement due to statement timeout
"""


class Story:
    """One trace: numbers its spans, so that a story reads as calls."""

    def __init__(self, telemetry: Telemetry, trace: int, at: int = 0):
        self.telemetry = telemetry
        self.trace = trace
        self.at = at
        self._last = trace << 20

    def span(self, name, service, start, lasts, parent=None, **more):
        """Adds a span (times in ns after the trace's begin) and gives its number."""
        self._last += 1
        self.made = self.telemetry.span(
            self.trace, self._last, name, parent=parent, at=self.at + start, lasts=lasts, service=service, **more
        )
        return self._last

    def log(self, body, span, at, service, severity="info", **more):
        self.telemetry.log(
            body, trace=self.trace, span=span, at=self.at + at, service=service, severity=severity, **more
        )

    def exception(self, at, kind, message, stack):
        """An exception event on the span added last."""
        event = self.made.events.add(time_unix_nano=self.telemetry.start + self.at + at, name="exception")
        for key, value in (("type", kind), ("message", message), ("stacktrace", stack)):
            event.attributes.add(key=f"exception.{key}").value.string_value = value


def post_video(telemetry: Telemetry, trace: int, at: int = 0, *, fails: bool = True) -> Story:
    """A video is posted: web → api → PostgreSQL, then a queue, then a worker whose query times out."""
    story = Story(telemetry, trace, at)
    root = story.span(
        "POST /videos",
        "web",
        0,
        182 * MS,
        kind="server",
        attributes={
            "http.request.method": "POST",
            "http.route": "/videos",
            "http.response.status_code": 202,
            "url.path": "/videos",
            "user.plan": "team",
            "video.seconds": 94,
            "client.address": "10.4.0.17",
        },
    )
    story.log("upload accepted, 48.2 MB", root, 3 * MS, "web", attributes={"video.bytes": 48_200_000})
    _authenticate(story, root)
    story.span("write audit log", "web", 38 * MS, 60 * MS, root)
    call = story.span("POST", "web", 40 * MS, 136 * MS, root, kind="client", attributes={"server.address": "api"})
    create = story.span("POST /internal/videos", "api", 42 * MS, 131 * MS, call, kind="server")
    _store_video(story, create)
    send = story.span(
        "transcode publish",
        "api",
        160 * MS,
        9 * MS,
        create,
        kind="producer",
        attributes={"messaging.system": "bullmq", "messaging.destination.name": "transcode"},
    )
    _transcode(story, send, fails)
    return story


def _authenticate(story: Story, root: int) -> None:
    check = story.span("authenticate", "web", 4 * MS, 30 * MS, root)
    story.span("GET", "redis", 6 * MS, 900 * US, check, kind="client", attributes={"db.system.name": "redis"})
    story.span("verify token", "web", 9 * MS, 22 * MS, check)
    story.log("token cache miss, verifying signature", check, 8 * MS, "web", "debug")


def _store_video(story: Story, create: int) -> None:
    query = {"db.system.name": "postgresql", "db.namespace": "videos", "server.address": "pg-primary"}
    story.span("BEGIN", "postgresql", 46 * MS, 700 * US, create, kind="client", attributes=query)
    insert = "INSERT INTO videos (owner, title, bytes) VALUES ($1, $2, $3) RETURNING id"
    story.span(
        "INSERT videos",
        "postgresql",
        48 * MS,
        61 * MS,
        create,
        kind="client",
        attributes={**query, "db.query.text": insert, "db.operation.name": "INSERT"},
    )
    story.log("slow insert: waited 52 ms for a lock on videos_owner_idx", create, 110 * MS, "api", "warn")
    for i in range(24):
        story.span(
            "SELECT quota",
            "postgresql",
            112 * MS + i * 1800 * US,
            1 * MS,
            create,
            kind="client",
            attributes={**query, "db.query.text": "SELECT bytes FROM quota WHERE owner = $1"},
        )
    story.span("COMMIT", "postgresql", 157 * MS, 2 * MS, create, kind="client", attributes=query)


def _transcode(story: Story, send: int, fails: bool) -> None:
    begin = 540 * MS
    job = story.span(
        "transcode process",
        "worker-a",
        begin,
        980 * MS,
        send,
        kind="consumer",
        status="error" if fails else "unset",
        message="segments could not be loaded" if fails else "",
        attributes={"messaging.system": "bullmq", "job.id": "8812", "job.attempt": 2, "job.waited_ms": 371},
    )
    story.log("job 8812 picked up, attempt 2 of 5", job, begin + 2 * MS, "worker-a")
    fetch = story.span(
        "GET",
        "worker-a",
        begin + 8 * MS,
        210 * MS,
        job,
        kind="client",
        attributes={"url.full": "https://storage/videos/8812/source.mov"},
    )
    story.span("GET /videos/8812/source.mov", "storage", begin + 12 * MS, 190 * MS, fetch, kind="server")
    run = story.span(
        "ffmpeg",
        "worker-a",
        begin + 225 * MS,
        300 * MS,
        job,
        attributes={"process.command_args": ["ffmpeg", "-i", "source.mov", "-c:v", "libx264"]},
    )
    for i in range(40):
        story.log(f"frame={i * 70} fps=231 q=28.0 size={i * 412}kB", run, begin + (230 + i * 7) * MS, "worker-a")
    _load_segments(story, job, begin + 540 * MS, fails)


def _load_segments(story: Story, job: int, begin: int, fails: bool) -> None:
    load = story.span(
        "SELECT segments",
        "postgresql",
        begin,
        420 * MS,
        job,
        kind="client",
        status="error" if fails else "unset",
        message="canceling statement due to statement timeout" if fails else "",
        attributes={
            "db.system.name": "postgresql",
            "db.operation.name": "SELECT",
            "db.query.text": "SELECT * FROM segments WHERE video_id = $1 ORDER BY position",
        },
    )
    if fails:
        story.exception(
            begin + 419 * MS,
            "asyncpg.exceptions.QueryCanceledError",
            "canceling statement due to statement timeout",
            STACK,
        )
        story.log(
            "loading segments failed after 420 ms: statement timeout", load, begin + 420 * MS, "worker-a", "error"
        )
        story.log(
            "job 8812 failed, will be retried in 30 s",
            job,
            begin + 432 * MS,
            "worker-a",
            "error",
            attributes={"job.id": "8812", "retry.in_s": 30},
        )


def list_videos(telemetry: Telemetry, trace: int, at: int = 0, *, millis: int = 24) -> Story:
    """A quick request that went well."""
    story = Story(telemetry, trace, at)
    root = story.span(
        "GET /videos/:id",
        "web",
        0,
        millis * MS,
        kind="server",
        attributes={"http.request.method": "GET", "http.route": "/videos/:id", "http.response.status_code": 200},
    )
    call = story.span("GET", "web", 2 * MS, (millis - 4) * MS, root, kind="client")
    serve = story.span("GET /internal/videos/:id", "api", 3 * MS, (millis - 6) * MS, call, kind="server")
    story.span(
        "SELECT videos",
        "postgresql",
        5 * MS,
        (millis - 10) * MS,
        serve,
        kind="client",
        attributes={"db.system.name": "postgresql"},
    )
    story.log("served from primary", serve, 4 * MS, "api", "debug")
    return story


LONG_NAME = (
    "com.example.video.pipeline.transcoding.SegmentAssemblyCoordinator$RetryingDelegate.assembleAllSegmentsOf" * 2
)


def odd(telemetry: Telemetry, trace: int, at: int = 0) -> Story:
    """What real telemetry does at its worst: orphans, clocks apart, zero length, depth, long and foreign names."""
    story = Story(telemetry, trace, at)
    root = story.span("GET /report", "frontend", 0, 400 * MS, kind="server")
    call = story.span("GET", "frontend", 10 * MS, 300 * MS, root, kind="client")
    story.span("GET /data", "backend", -2500 * MS, 250 * MS, call, kind="server")
    story.span("Bericht für Köln erzeugen 東京 отчёт", "frontend", 320 * MS, 0, root)
    story.span(LONG_NAME, "frontend", 322 * MS, 40 * MS, root)
    story.span("outlives its parent", "frontend", 350 * MS, 120 * MS, root)
    above = root
    for level in range(45):
        above = story.span(f"level {level}", f"layer-{level % 4}", (12 + level) * MS, (280 - 4 * level) * MS, above)
    story.span("came without its parent", "backend", 100 * MS, 80 * MS, 0xDEAD << 32, status="error")
    cut = {"dropped_attributes_count": 3, "dropped_events_count": 1}
    story.span("so did this", "backend", 130 * MS, 20 * MS, 0xDEAD << 32, **cut)
    story.span("a second root", "cron", 380 * MS, 60 * MS)
    story.telemetry.log("logged outside of any span", trace=trace, at=at + 200 * MS, service="cron", severity="warn")
    return story


def running(telemetry: Telemetry, trace: int, at: int = 0) -> Story:
    """A migration that has not ended."""
    story = Story(telemetry, trace, at)
    above = (trace << 20) + 900
    telemetry.running(
        trace,
        above,
        "migrate users",
        at=at,
        seen=at + 42_000 * MS,
        service="migration",
        stack=("migrate.py:88 main", "migrate.py:210 copy_batch"),
    )
    for i in range(30):
        story.span("INSERT users", "postgresql", (i * 1400) * MS, 1200 * MS, above, kind="client")
    story.log("copied 30 of 41,000 batches", above, 41_000 * MS, "migration")
    return story


def large(telemetry: Telemetry, trace: int, spans: int, at: int = 0, services: int = 8) -> Story:
    """Many spans: a batch job of pages with steps, queries and log lines, some failing."""
    story = Story(telemetry, trace, at)
    pages = max(1, spans // 10)
    root = story.span("nightly import", "importer", 0, pages * 5 * MS, kind="internal")
    for page in range(pages):
        begin = page * 5 * MS
        top = story.span(f"page {page % 50}", "importer", begin, 5 * MS, root)
        for step in range(8):
            fails = page % 97 == 0 and step == 5
            story.span(
                f"step {step}",
                f"service-{(page + step) % services}",
                begin + step * 600 * US,
                500 * US,
                top,
                kind="client",
                status="error" if fails else "unset",
                attributes={"error.type": "StepRefused"} if fails else {},
            )
        if page % 5 == 0:
            story.log(f"page {page} done", top, begin + 4 * MS, "importer", "warn" if page % 45 == 0 else "info")
    story.log("import began by hand", None, -MS, "importer")
    return story


def chatty(telemetry: Telemetry, trace: int, at: int = 0, spans: int = 500, records: int = 20_000) -> Story:
    """A batch that logs at every turn; one of its many records says what went wrong."""
    story = Story(telemetry, trace, at)
    root = story.span("reindex videos", "indexer", 0, spans * 20 * MS, kind="internal")
    each = records // (spans - 1)
    for page in range(spans - 1):
        begin = page * 20 * MS
        step = story.span(f"index page {page}", "indexer", begin, 19 * MS, root)
        for line in range(each):
            level = "warn" if line % 13 == 12 else "debug"
            story.log(f"page {page}: document {line} indexed", step, begin + line * 400 * US, "indexer", level)
        if page == spans * 3 // 5:
            story.log(
                "mapping conflict: field duration is both long and text", step, begin + 7 * MS, "indexer", "error"
            )
    return story


def checkout(telemetry: Telemetry, trace: int, at: int = 0, *, slow: bool = False) -> Story:
    """A purchase; when slow, a query takes long, the cache is not asked, and the card is charged twice."""
    story = Story(telemetry, trace, at)
    query = 190 * MS if slow else (40 + trace % 7) * MS
    charges = 2 if slow else 1
    root = story.span("POST /checkout", "shop", 0, query + charges * 60 * MS + 40 * MS, kind="server")
    price = story.span("price cart", "shop", 5 * MS, query + 15 * MS, root)
    if not slow:
        story.span("GET cart", "redis", 7 * MS, 2 * MS, price, kind="client")
    story.span("SELECT prices", "postgresql", 12 * MS, query, price, kind="client")
    for turn in range(charges):
        begin = query + (25 + turn * 60) * MS
        story.span("POST /charge", "payments", begin, 55 * MS, root, kind="client", status="unset" if turn else "ok")
    return story


def migration(telemetry: Telemetry, holder: int, waiter: int, at: int = 0, seen: int = 42_000 * MS) -> None:
    """A migration holds a table's lock and a request waits for it; neither has ended."""
    held, waits = (holder << 20) + 900, (waiter << 20) + 900
    stack = ("migrate.py:88 main", "migrate.py:210 copy_batch", "site-packages/psycopg/cursor.py:97 Cursor.execute")
    telemetry.running(holder, held, "copy_accounts", at=at, seen=at + seen, service="migrate", stack=stack)
    telemetry.running(
        waiter,
        waits,
        "UPDATE accounts",
        at=at + 4000 * MS,
        seen=at + seen,
        service="api",
        kind="client",
        stack=("api.py:31 update", "db.py:77 execute"),
    )
    told = {
        "trivet.lock.table": "accounts",
        "trivet.lock.mode": "RowExclusiveLock",
        "trivet.lock.waited": seen - 4000 * MS,
        "trivet.lock.holder.trace_id": f"{holder:032x}",
        "trivet.lock.holder.span_id": f"{held:016x}",
        "trivet.lock.name": "api › POST /accounts",
        "trivet.lock.holder.name": "migrate › copy_accounts",
    }
    telemetry.log(
        "waiting for a lock on accounts",
        trace=waiter,
        span=waits,
        at=at + seen,
        service="postgres",
        severity="warn",
        attributes=told,
        event_name="trivet.lock.wait",
    )


def measured(telemetry: Telemetry, trace: int, at: int = 0) -> None:
    """A measurement that was taken inside the root of `trace`."""
    group = telemetry.metrics.resource_metrics.add()
    group.resource.attributes.add(key="service.name").value.string_value = "web"
    metric = group.scope_metrics.add().metrics.add(name="http.server.request.duration", unit="s")
    when = telemetry.start + at
    point = metric.gauge.data_points.add(time_unix_nano=when, as_double=0.182)
    root = ((trace << 20) + 1).to_bytes(8, "big")
    point.exemplars.add(time_unix_nano=when, as_double=0.182, trace_id=trace.to_bytes(16, "big"), span_id=root)
