"""google-cloud-bigquery: one span for a statement, one for the wait until its job has a result, one for any other call.

What the library tells by itself when `opentelemetry-instrumentation` is installed says less of the same, and is off;
the HTTP requests below are silent. Texts of statements are kept as those of other databases are.
"""

from dataclasses import replace
from types import ModuleType
from typing import Any

from trivet.instrument.kit import CLIENT, INTERNAL, Call, Custom, Teller, Wrap
from trivet.instrument.patch import Patches
from trivet.instrument.sql import attributes_of, name_of

SYSTEM = "gcp.bigquery"
# What a job, or the rows that came without one, know when the result is there.
LEARNED = {
    "job_id": "gcp.bigquery.job.id", "location": "gcp.bigquery.location", "cache_hit": "gcp.bigquery.cache_hit",
    "total_bytes_processed": "gcp.bigquery.bytes_processed", "total_bytes_billed": "gcp.bigquery.bytes_billed",
    "slot_millis": "gcp.bigquery.slot_ms", "num_dml_affected_rows": "gcp.bigquery.affected_rows",
    "total_rows": "db.response.returned_rows",
}  # fmt: skip


def _learned(known: Any) -> dict[str, Any]:
    values = {name: getattr(known, attribute, None) for attribute, name in LEARNED.items()}
    return {name: value for name, value in values.items() if value is not None}


def _waited(job: Any, rows: Any = None) -> dict[str, Any]:
    """With how long the job waited for its turn, in seconds, as BigQuery says."""
    said = {**_learned(job), **_learned(rows)}
    if job.created and job.started:
        said["gcp.bigquery.job.queued"] = max(0.0, (job.started - job.created).total_seconds())
    return said


def _failed(call: Call, error: BaseException) -> dict[str, Any]:
    """HTTP's status, BigQuery's word for the reason, and the job that it was, as far as there are any."""
    said = _learned(getattr(error, "query_job", None))
    code, errors = getattr(error, "code", None), getattr(error, "errors", None)
    if code is not None:
        said["db.response.status_code"] = str(int(code))
    if errors and isinstance(errors[0], dict) and errors[0].get("reason"):
        said["gcp.bigquery.error.reason"] = errors[0]["reason"]
    return said


def _operation(call: Call) -> str:
    """As the library calls it (`BigQuery.getTable`), or the request, of what it has no word for."""
    named = call.get("span_name") or f"{call.get('method')} {str(call.get('path')).rpartition('/')[2]}"
    return str(named).removeprefix("BigQuery.")


_query = Wrap(
    "google.cloud.bigquery.client:Client.query",
    name=lambda call: name_of(call.get("query"), "QUERY"),
    kind=CLIENT,
    family="db",
    leaves=("http",),
    attributes=lambda call: attributes_of(SYSTEM, call.get("query"), call.get("project") or call.self.project),
    after=lambda call, known: _learned(known),
    failed=_failed,
)
_wait = Wrap(
    "google.cloud.bigquery.job.query:QueryJob.result",
    name=lambda call: f"wait for {name_of(call.self.query, 'QUERY')}",
    kind=INTERNAL,
    family="db",
    leaves=("http",),
    when=lambda call: call.self.state != "DONE",
    attributes=lambda call: {"db.system.name": SYSTEM, "gcp.bigquery.job.id": call.self.job_id},
    after=lambda call, rows: _waited(call.self, rows),
    failed=_failed,
)


def _silence(module: ModuleType, patches: Patches, _: Teller) -> None:
    patches.put(module, "HAS_OPENTELEMETRY", False)


RULES = (
    _query,
    replace(_query, target="google.cloud.bigquery.client:Client.query_and_wait", optional=True),
    _wait,
    replace(
        _wait,
        target="google.cloud.bigquery.job.base:_AsyncJob.result",
        name=lambda call: f"wait for {call.self.job_type} job",
        after=lambda call, _: _waited(call.self),
    ),
    Wrap(
        "google.cloud.bigquery.client:Client._call_api",
        name=_operation,
        kind=CLIENT,
        family="db",
        leaves=("http",),
        attributes=lambda call: {
            "db.system.name": SYSTEM, "db.namespace": call.self.project, "db.operation.name": _operation(call),
        },
        failed=_failed,
    ),
    Custom("google.cloud.bigquery.opentelemetry_tracing", install=_silence),
)  # fmt: skip
