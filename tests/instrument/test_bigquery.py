"""google-cloud-bigquery's own client against a server that speaks its REST interface."""

from collections.abc import Iterator

import pytest
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import BadRequest, Forbidden, GoogleAPICallError, NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.cloud.bigquery import opentelemetry_tracing
from instrument.bigquery_rest import Rest, running_bigquery

import trivet
from trivet.instrument import catalogue
from trivet.sdk.scrub import Scrubber
from trivet.testing import Capture

SQL = "SELECT plan FROM accounts WHERE email = 'me@example.com'"


@pytest.fixture
def rest() -> Iterator[tuple[str, type[Rest]]]:
    with running_bigquery() as running:
        yield running


@pytest.fixture
def client(rest: tuple[str, type[Rest]]) -> Iterator[bigquery.Client]:
    options = ClientOptions(api_endpoint=rest[0])
    with bigquery.Client("shop", AnonymousCredentials(), client_options=options) as client:
        yield client


def test_a_job_is_a_statement_and_a_wait(told: Capture, client: bigquery.Client, rest: tuple[str, type[Rest]]):
    with trivet.span("report"):
        job = client.query(SQL)
        assert [row.plan for row in job.result()] == ["pro"]
        job.result()  # known by now
    assert told.spans.tree() == "report\n  SELECT accounts (client)\n  wait for SELECT accounts"
    statement = told.spans.one("SELECT accounts").has(
        {
            "db.system.name": "gcp.bigquery", "db.namespace": "shop", "db.operation.name": "SELECT",
            "db.collection.name": "accounts", "db.query.text": SQL, "gcp.bigquery.job.id": job.job_id,
            "gcp.bigquery.location": "EU",
        }
    )  # fmt: skip
    scrub, _ = Scrubber().of("db.query.text")
    assert "me@example.com" not in scrub(statement.attributes["db.query.text"]), "as it is sent"
    told.spans.one("wait for SELECT accounts").has(
        {
            "gcp.bigquery.job.id": job.job_id, "gcp.bigquery.bytes_processed": 4096, "gcp.bigquery.cache_hit": False,
            "gcp.bigquery.bytes_billed": 10485760, "gcp.bigquery.slot_ms": 640, "gcp.bigquery.job.queued": 0.25,
            "db.response.returned_rows": 1,
        }
    )  # fmt: skip
    assert rest[1].asked.count("GET jobs") == 2


def test_a_statement_that_waits_by_itself_is_one_span(told: Capture, client: bigquery.Client):
    assert [row.plan for row in client.query_and_wait(SQL)] == ["pro"]
    assert told.spans.tree() == "SELECT accounts (client)"
    told.spans.one("SELECT accounts").has({"gcp.bigquery.job.id": "at-once", "gcp.bigquery.bytes_processed": 4096})


def test_what_bigquery_refuses(told: Capture, client: bigquery.Client):
    with pytest.raises(BadRequest):
        client.query("syntax", retry=None, job_retry=None)
    told.spans.one("SYNTAX").failed("Syntax error").has(
        {
            "error.type": "BadRequest", "db.response.status_code": "400", "gcp.bigquery.error.reason": "invalidQuery",
        }
    )  # fmt: skip
    with pytest.raises(NotFound):
        client.query_and_wait("SELECT * FROM nowhere", retry=None, job_retry=None)
    told.spans.one("SELECT nowhere").failed("Not found").has({"gcp.bigquery.error.reason": "notFound"})


def test_a_job_that_fails_while_it_is_waited_for(told: Capture, client: bigquery.Client):
    job = client.query("SELECT 'too big' FROM accounts")
    with pytest.raises(GoogleAPICallError):
        job.result(job_retry=None)
    assert told.spans.one("SELECT accounts").error is None
    told.spans.one("wait for SELECT accounts").failed("too big").has(
        {"gcp.bigquery.error.reason": "resourcesExceeded", "gcp.bigquery.job.id": job.job_id}
    )


def test_any_other_call_has_the_librarys_own_name(told: Capture, client: bigquery.Client):
    with pytest.raises(Forbidden):
        client.get_dataset("videos", retry=None)
    told.spans.one("getDataset").failed("no").has({"db.operation.name": "getDataset", "db.response.status_code": "403"})
    copy = client.copy_table("shop.videos.one", "shop.videos.two")
    copy.result()
    told.spans.one("wait for copy job").has({"gcp.bigquery.job.id": copy.job_id})
    assert {span.scope for span in told.spans} == {"trivet.bigquery"}


def test_what_the_library_tells_by_itself_is_off_while_we_tell(told: Capture, client: bigquery.Client):
    """It does when `opentelemetry-instrumentation` is there, as contrib's packages bring it."""
    assert not opentelemetry_tracing.HAS_OPENTELEMETRY
    catalogue.restore("bigquery")
    assert opentelemetry_tracing.HAS_OPENTELEMETRY
    client.query_and_wait(SQL)
    assert [span.scope for span in told.spans] == ["google.cloud.bigquery.opentelemetry_tracing", "trivet.requests"]
