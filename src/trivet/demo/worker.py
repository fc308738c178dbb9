"""A worker: takes videos from the queue, makes renditions and a thumbnail with ffmpeg, tells accounts."""

import asyncio
import logging
import os
import signal
from pathlib import Path

import httpx
from bullmq import Job, Worker

import trivet
from trivet.demo.ffmpeg import BadVideo, run

logger = logging.getLogger("worker")

RENDITIONS = {"360p": 360, "180p": 180}
ACCOUNTS_SECONDS = 10.0
LOCK_MS = 60_000  # that a job may keep its worker silent
POLL_SECONDS = 1


class Transcoder:
    def __init__(self, accounts: httpx.AsyncClient):
        self.accounts = accounts

    async def __call__(self, job: Job, token: str) -> dict:
        """One attempt at one video; an exception gives the job back to the queue."""
        video, source = job.data["video"], Path(job.data["source"])
        trivet.wide(**{"video.id": video, "job.attempt": job.attemptsMade + 1})
        try:
            made = [await encode(source, name, height) for name, height in RENDITIONS.items()]
            await thumbnail(source)
        except BadVideo:
            if job.attemptsMade + 1 >= job.opts["attempts"]:
                await self.report(video, "failed", 0)
            raise
        await self.report(video, "ready", sum(made))
        logger.info("video %s is ready: %s bytes", video, sum(made), extra={"video.id": video})
        return {"bytes": sum(made)}

    async def report(self, video: int, state: str, size: int) -> None:
        answer = await self.accounts.patch(f"/videos/{video}", json={"state": state, "bytes": size})
        answer.raise_for_status()


async def encode(source: Path, name: str, height: int) -> int:
    """How many bytes the rendition has."""
    made = source.with_suffix(f".{name}.mp4")
    with trivet.span(f"encode {name}", rendition=name):
        size = ("-vf", f"scale=-2:{height}")
        await run("-i", str(source), *size, "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac", str(made))
        trivet.set(**{"rendition.bytes": made.stat().st_size})
        logger.info("%s is ready", name, extra={"rendition": name})
    return made.stat().st_size


async def thumbnail(source: Path) -> None:
    with trivet.span("thumbnail"):
        await run("-ss", "0.5", "-i", str(source), "-frames:v", "1", str(source.with_suffix(".jpg")))


def failed(job: Job, error: Exception) -> None:
    if job.attemptsMade < job.opts["attempts"]:
        logger.warning("job %s failed and will be tried again: %r", job.id, error)
    else:
        logger.error("job %s is given up: %r", job.id, error)


async def work() -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for every request: the spans say the same
    os.nice(5)  # transcoding waits for those who talk to customers
    leaving = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leaving.set)
    async with httpx.AsyncClient(base_url=os.environ["ACCOUNTS_URL"], timeout=ACCOUNTS_SECONDS) as accounts:
        options = {"connection": os.environ["REDIS_URL"], "lockDuration": LOCK_MS, "drainDelay": POLL_SECONDS}
        worker = Worker("transcode", Transcoder(accounts), options)
        worker.on("failed", failed)
        print("worker is ready", flush=True)
        await leaving.wait()
        await worker.close()


if __name__ == "__main__":
    asyncio.run(work())
