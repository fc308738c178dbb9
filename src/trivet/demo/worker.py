"""The shop's worker: takes jobs from the queue and transcodes, each attempt a span in the upload's trace."""

import json
import logging
import random
import sqlite3
import time
import zlib

from opentelemetry import metrics, propagate, trace
from opentelemetry.trace import SpanKind

import trivet
from trivet.demo.database import Database
from trivet.demo.service import begin, ready

logger = logging.getLogger("worker")
tracer = trace.get_tracer(__name__)
durations = metrics.get_meter("worker").create_histogram("shop.transcode.duration", unit="s")

POLL_SECONDS = 0.05
ATTEMPTS = 2
CHUNKS = 4
CHUNK_BYTES = 400_000
RENDITIONS = ("1080p", "720p", "360p")


class UnsupportedCodec(Exception):
    """The file is nothing that we can decode."""


FAILURES = (UnsupportedCodec, sqlite3.OperationalError)


def take(database: Database) -> sqlite3.Row | None:
    """The oldest job that nobody has; no span, or polling would be all that the traces show."""
    try:
        rows = database.run_unseen(
            "UPDATE jobs SET taken = 1 WHERE id = (SELECT min(id) FROM jobs WHERE taken = 0)"
            " RETURNING id, video, carrier, attempt"
        )
    except sqlite3.OperationalError:  # locked: the next round will do
        return None
    return rows[0] if rows else None


def process(database: Database, job: sqlite3.Row) -> None:
    attributes = {
        "messaging.system": "sqlite", "messaging.destination.name": "transcode", "messaging.operation.type": "process",
        "messaging.message.id": str(job["id"]), "job.attempt": job["attempt"],
    }  # fmt: skip
    parent = propagate.extract(json.loads(job["carrier"]))
    try:
        with tracer.start_as_current_span("process transcode", parent, SpanKind.CONSUMER, attributes=attributes):
            try:
                transcode(database, job["video"])
            except FAILURES as error:
                _give_back(database, job, error)
                raise
    except FAILURES:  # the span has it; the next job is waiting
        pass


def transcode(database: Database, video: int) -> None:
    started = time.perf_counter()
    [row] = database.run("SELECT id, codec, bytes FROM videos WHERE id = ?", video)
    trivet.wide(**{"video.id": video, "video.codec": row["codec"], "video.bytes": row["bytes"]})
    dice = random.Random(video)
    for rendition in RENDITIONS:
        encode(rendition, row["codec"], dice)
    database.run("UPDATE videos SET state = 'ready' WHERE id = ?", video)
    durations.record(time.perf_counter() - started, {"video.codec": row["codec"]})


def encode(rendition: str, codec: str, dice: random.Random) -> None:
    """Real work for the processor: some 30 ms."""
    with trivet.span(f"encode {rendition}", rendition=rendition) as span:
        if codec == "hevc10" and rendition == "720p":
            raise UnsupportedCodec(f"{codec}: no decoder for 10 bits per channel")
        for chunk in range(CHUNKS):
            packed = zlib.compress(dice.randbytes(CHUNK_BYTES // 4) * 4, 1)
            span.add_event("chunk written", {"chunk": chunk, "bytes": len(packed)})
        logger.info("%s is ready", rendition, extra={"rendition": rendition})


def _give_back(database: Database, job: sqlite3.Row, error: Exception) -> None:
    if job["attempt"] < ATTEMPTS:
        logger.warning("job %s failed, trying once more: %s", job["id"], error)
        change = ("UPDATE jobs SET taken = 0, attempt = attempt + 1 WHERE id = ?", job["id"])
    else:
        logger.error("job %s is given up: %s", job["id"], error)
        change = ("UPDATE videos SET state = 'failed' WHERE id = ?", job["video"])
    try:
        database.run_unseen(*change)
    except sqlite3.OperationalError:
        logger.exception("job %s is left as it is", job["id"])


def main() -> None:
    database = Database(begin("worker").directory / "shop.db")
    ready("ready")
    while True:
        job = take(database)
        if job:
            process(database, job)
        else:
            time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main()
