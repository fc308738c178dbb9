"""`trivet watch` as a person runs it, between a real PostgreSQL and a real server."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cli.running import Sent, eventually
from telemetry import span_id, trace_id
from watch.sessions import comment, holding, waiting

from trivet.cli.client import Client
from trivet.pipeline import Server

MIGRATION, UPLOAD = 0x7A7C, 0x7A7D


@contextmanager
def watching(dsn: str, url: str) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "trivet", "watch", "postgres", dsn, "--every", "0.1", "--endpoint", url]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        try:
            assert process.stderr.readline() == "watching postgres\n"
            yield process
        finally:
            process.terminate()
            process.communicate()


def test_the_waiting_span_says_who_holds_the_lock(dsn: str, server: Server):
    sent = Sent()
    sent.span(MIGRATION, 0xA1, "copy_accounts", service="watched-migrate")
    sent.span(MIGRATION, 0xA2, "LOCK accounts", service="watched-migrate", parent=0xA1, kind="client")
    sent.span(UPLOAD, 0xB1, "UPDATE accounts", service="watched-accounts", kind="client")
    sent.send(server.url)
    client = Client(server.url)
    eventually(lambda: client.get(f"/api/traces/{trace_id(MIGRATION)}")["spans"])
    held = f"LOCK TABLE accounts IN EXCLUSIVE MODE {comment(trace_id(MIGRATION), span_id(0xA2))}"
    wants = f"UPDATE accounts SET used = 1 {comment(trace_id(UPLOAD), span_id(0xB1))}"
    with watching(dsn, server.url) as process, holding(dsn, held), waiting(dsn, wants):
        record = eventually(lambda: client.get(f"/api/traces/{trace_id(UPLOAD)}")["logs"])[0]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert (record["event_name"], record["severity"], record["span_id"]) == (
        "trivet.lock.wait", "warn", span_id(0xB1),
    )  # fmt: skip
    said = record["attributes"]
    assert said["trivet.lock.holder.trace_id"] == trace_id(MIGRATION)
    assert said["trivet.lock.holder.span_id"] == span_id(0xA2)
    assert said["trivet.lock.holder.name"] == "watched-migrate › copy_accounts"
    assert said["trivet.lock.name"] == "watched-accounts › UPDATE accounts"
    assert (said["trivet.lock.table"], said["trivet.lock.mode"]) == ("accounts", "RowExclusiveLock")
    assert said["trivet.lock.waited"] >= 0
    eventually(lambda: {"trivet.lock.waiting", "trivet.lock.longest_wait"} <= metrics(client))


def metrics(client: Client) -> set[str]:
    return {metric["name"] for metric in client.get("/api/metrics", prefix="trivet.lock")["metrics"]}
