"""BullMQ: a producer span where a job is added, a consumer span for each attempt at it, in one trace across languages.

The context travels in the job's options under `tm`, as JSON, which is where Node's `bullmq-otel` writes and looks for
it; `omc` among the options keeps it out, there as here. What BullMQ asks of its store by itself (polling, locks, moving
jobs) is silent.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trivet.instrument.carriers import as_text, fresh, from_text
from trivet.instrument.depth import watch
from trivet.instrument.kit import CONSUMER, PRODUCER, Aside, Call, Wrap, blame
from trivet.instrument.messaging import PROCESSED, about, silence, waited

STORES = ("redis", "db")


def carried(options: Mapping[str, Any] | None) -> dict[str, Any]:
    """A job's options with the current context among them."""
    options, text = dict(options or {}), as_text()
    if text and "tm" not in options and not options.get("omc"):
        options["tm"] = text
    return options


def _carried_by(job: Mapping[str, Any]) -> dict[str, Any]:
    """A job of a bulk, or a node of a flow with all of its children."""
    made = {**job, "opts": carried(job.get("opts"))}
    return {**made, "children": [_carried_by(child) for child in job["children"]]} if job.get("children") else made


def _job(call: Call, result: Any) -> dict[str, Any]:
    job = result["job"] if isinstance(result, Mapping) else result
    return {} if job is None or job.id is None else {"messaging.message.id": str(job.id)}


_add = Wrap(
    "bullmq.queue:Queue.add",
    name=lambda call: f"add {call.self.name}.{call.get('name')}",
    kind=PRODUCER,
    leaves=STORES,
    attributes=lambda call: about("bullmq", call.self.name, "add", job_name=call.get("name")),
    before=lambda call: call.put("opts", carried(call.get("opts"))),
    after=_job,
)
_add_many = replace(
    _add,
    target="bullmq.queue:Queue.addBulk",
    name=lambda call: f"addBulk {call.self.name}",
    attributes=lambda call: {
        **about("bullmq", call.self.name, "addBulk"),
        "messaging.batch.message_count": len(call.get("jobs")),
    },
    before=lambda call: call.put("jobs", [_carried_by(job) for job in call.get("jobs")]),
    after=None,
)
_add_flow = replace(
    _add,
    target="bullmq.flow_producer:FlowProducer.add",
    name=lambda call: f"addFlow {call.get('flow').get('queueName')}.{call.get('flow').get('name')}",
    attributes=lambda call: about("bullmq", call.get("flow").get("queueName"), "addFlow"),
    before=lambda call: call.put("flow", _carried_by(call.get("flow"))),
)
_add_flows = replace(
    _add,
    target="bullmq.flow_producer:FlowProducer.addBulk",
    name="addBulkFlows",
    attributes=lambda call: {
        **about("bullmq", None, "addBulk"),
        "messaging.batch.message_count": len(call.get("flows")),
    },
    before=lambda call: call.put("flows", [_carried_by(flow) for flow in call.get("flows")]),
    after=None,
)


def _attempt(call: Call) -> dict[str, Any]:
    job = call.get("job")
    said = about("bullmq", call.self.name, "process", job.id, job_name=job.name, job_attempt=job.attemptsMade + 1)
    return {**said, **waited((job.timestamp + (job.delay or 0)) / 1000)}


_process = Wrap(
    "bullmq.worker:Worker.processJob",
    name=lambda call: f"process {call.self.name}",
    kind=CONSUMER,
    parent=lambda call: from_text(call.get("job").opts.get("tm")) or fresh(),
    attributes=_attempt,
    duration=PROCESSED,
)


def _working(call: Call) -> None:
    """The queue's key under its prefix, as Node has it too."""
    worker = call.self
    if worker.client is not None:
        waiting = [("LLEN", worker.keys["wait"]), ("ZCARD", worker.keys["prioritized"])]
        keys = {"waiting": waiting, "delayed": [("ZCARD", worker.keys["delayed"])]}
        watch("bullmq", worker.name, worker.client.connection_pool, lambda: keys)


RULES = (
    _add,
    _add_many,
    _add_flow,
    _add_flows,
    _process,
    Aside("bullmq.worker:Worker.run", run=_working),
    # The worker catches what an attempt raises and only has it written down; that is how the attempt went.
    Aside("bullmq.job:Job.moveToFailed", run=lambda call: blame(call.get("err"))),
    silence("bullmq.backends.redis_backend", ("RedisBackend",), STORES),
    silence("bullmq.backends.postgres_backend", ("PostgresBackend",), STORES),
)
