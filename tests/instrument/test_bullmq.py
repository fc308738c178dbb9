"""BullMQ on a real Redis: one trace from who adds a job to every attempt at it, in Python and across to Node."""

import asyncio
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bullmq import FlowProducer, Job, Queue, Worker

import trivet
from trivet.demo import node
from trivet.testing import Capture


@pytest.fixture
def options(redis_url: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A key prefix for each test."""
    return {"connection": redis_url, "prefix": request.node.name}


async def drain(name: str, options: dict[str, Any], processor: Callable, jobs: int) -> None:
    """A worker until so many attempts have ended."""
    over = asyncio.Semaphore(0)
    worker = Worker(name, processor, {**options, "drainDelay": 1})
    for event in ("completed", "failed"):
        worker.on(event, lambda *_: over.release())
    for _ in range(jobs):
        await asyncio.wait_for(over.acquire(), 20)
    await worker.close()


async def encode(job: Job, token: str) -> str:
    with trivet.span(f"encode {job.name}"):
        if job.data.get("fails", 0) > job.attemptsMade:
            raise ValueError("no decoder")
    return "done"


def test_a_job_is_one_trace(told: Capture, options: dict[str, Any]):
    async def run() -> None:
        queue = Queue("video", options)
        with trivet.span("upload"):
            job = await queue.add("encode", {"video": 7})
        assert json.loads(job.opts["tm"])["traceparent"]
        await queue.close()
        await drain("video", options, encode, 1)

    asyncio.run(run())
    assert told.spans.tree() == (
        "upload\n"
        "  add video.encode (producer)\n"
        "    process video (consumer)\n"
        "      encode encode"
    )  # fmt: skip
    added = told.spans.one("add video.encode").has(
        {"messaging.system": "bullmq", "messaging.destination.name": "video", "messaging.message.id": "1"}
    )
    process = told.spans.one("process video").has({"messaging.message.id": "1", "bullmq.job.attempt": 1})
    assert process.attributes["trivet.queue.wait"] >= 0
    assert added.error is process.error is None


def test_every_attempt_is_a_span_and_only_the_failed_ones_have_failed(told: Capture, options: dict[str, Any]):
    async def run() -> None:
        queue = Queue("video", options)
        await queue.add("encode", {"fails": 2}, {"attempts": 3})
        await queue.close()
        await drain("video", options, encode, 3)

    asyncio.run(run())
    attempts = told.spans.all("process video")
    assert [span.error for span in attempts] == ["ValueError: no decoder"] * 2 + [None]
    assert [span.attributes["bullmq.job.attempt"] for span in attempts] == [1, 2, 3]
    assert {span.parent.name for span in attempts} == {"add video.encode"}
    assert [len(span.events) for span in attempts] == [1, 1, 0]


def test_bulk_delayed_and_flows(told: Capture, options: dict[str, Any]):
    async def run() -> None:
        queue, flows = Queue("video", options), FlowProducer(options["connection"], {"prefix": options["prefix"]})
        with trivet.span("upload"):
            await queue.addBulk([{"name": "one", "data": {}}, {"name": "two", "data": {}, "opts": {"delay": 300}}])
            child = {"name": "child", "queueName": "video", "data": {}}
            await flows.add({"name": "parent", "queueName": "video", "data": {}, "children": [child]})
        await queue.close()
        await flows.close()
        await drain("video", options, encode, 4)

    asyncio.run(run())
    spans = told.spans
    assert len({span.trace_id for span in spans}) == 1
    assert (
        sorted(span.parent.name for span in spans.all("process video"))
        == ["addBulk video"] * 2 + ["addFlow video.parent"] * 2
    )
    assert spans.one("addBulk video").attributes["messaging.batch.message_count"] == 2


def test_a_job_from_before_begins_a_trace_and_who_wants_none_gets_none(told: Capture, options: dict[str, Any]):
    async def run() -> None:
        queue = Queue("video", options)
        with trivet.span("upload"):
            job = await queue.add("encode", {}, {"omc": True})
        assert "tm" not in job.opts
        await queue.close()
        await drain("video", options, encode, 1)

    asyncio.run(run())
    assert told.spans.one("process video").parent_id is None


def test_an_idle_worker_says_nothing(told: Capture, options: dict[str, Any]):
    async def run() -> None:
        worker = Worker("video", encode, {**options, "drainDelay": 1, "stalledInterval": 100})
        await asyncio.sleep(1.5)
        await worker.close()

    asyncio.run(run())
    assert told.spans.names == []


NODE_WORKER = """
import { Worker } from 'bullmq'
import { BullMQOtel } from 'bullmq-otel'
import { trace } from '@opentelemetry/api'
const [port, prefix] = process.argv.slice(2)
const worker = new Worker('video', async () => trace.getActiveSpan().spanContext().traceId, {
  connection: { host: '127.0.0.1', port: Number(port) }, prefix, telemetry: new BullMQOtel('tests'),
})
worker.on('completed', async (job, result) => { console.log(result); await worker.close(); process.exit(0) })
"""


NODE_QUEUE = """
import { Queue } from 'bullmq'
import { BullMQOtel } from 'bullmq-otel'
const [port, prefix] = process.argv.slice(2)
const queue = new Queue('video', {
  connection: { host: '127.0.0.1', port: Number(port) }, prefix, telemetry: new BullMQOtel('tests'),
})
const jobs = [await queue.add('encode', { video: 7 }), ...await queue.addBulk([{ name: 'encode', data: { fails: 0 } }])]
console.log(JSON.stringify(jobs.map((job) => JSON.parse(job.opts.telemetry?.metadata ?? job.opts.tm).traceparent)))
await queue.close()
process.exit(0)
"""


def in_node(name: str, program: str, *arguments: str) -> str:
    """What a program prints, with OpenTelemetry's own instrumentation registered."""
    home = Path(node.web(lambda said: None))
    (home / name).write_text(program)
    register = ("--require", "@opentelemetry/auto-instrumentations-node/register")
    nowhere = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_LOG_LEVEL": "none"}
    done = subprocess.run([str(node.NODE), *register, str(home / name), *arguments],
                          capture_output=True, text=True, timeout=60, cwd=home, env=nowhere)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.node
def test_a_job_out_of_node_goes_on_in_its_trace(told: Capture, options: dict[str, Any], redis_url: str):
    added = json.loads(in_node("queue_of_the_tests.mjs", NODE_QUEUE, redis_url.rpartition(":")[2], options["prefix"]))
    asyncio.run(drain("video", options, encode, 2))
    processed = [(span.trace_id, span.parent_id) for span in told.spans.all("process video")]
    assert processed == [tuple(parent.split("-")[1:3]) for parent in added]


@pytest.mark.node
def test_a_worker_in_node_goes_on_in_the_trace(told: Capture, options: dict[str, Any], redis_url: str):
    async def run() -> None:
        queue = Queue("video", options)
        await queue.add("encode", {"video": 7})
        await queue.close()

    asyncio.run(run())
    trace_id = told.spans.one("add video.encode").trace_id
    assert in_node("worker_of_the_tests.mjs", NODE_WORKER, redis_url.rpartition(":")[2], options["prefix"]) == trace_id
