"""`trivet exec -- CMD`: the command as it was, and one span about it."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from sdk.collector import until

from trivet.sdk.child import masked, span_name
from trivet.sdk.scrub import GONE

CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "TRIVET_", "GITHUB_", "CI"))}


def exec_command(collector, *command: str) -> list[str]:
    return [sys.executable, "-m", "trivet", "exec", "--endpoint", collector.url, "--", *command]


def traced(collector, *command: str, stderr: int = subprocess.PIPE, **environ: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        exec_command(collector, *command), stdout=-1, stderr=stderr, input="typed\n", text=True, timeout=30,
        env={**CLEAN, **environ},
    )  # fmt: skip


def attributes(span) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in span.attributes}


def test_a_command_with_its_input_output_and_cost(collector):
    done = traced(collector, "sh", "-c", "read line; echo out $line; echo err >&2")
    assert (done.returncode, done.stdout, done.stderr) == (0, "out typed\n", "err\n")
    (span,) = collector.spans
    found = attributes(span)
    assert span.name == "sh" and found["process.exit.code"] == 0 and not span.status.code
    assert [value.string_value for value in found["process.command_args"].values][:2] == ["sh", "-c"]
    assert found["process.cpu.user"] >= 0 and found["process.memory.peak"] > 100_000
    assert "process.output.tail" not in found and collector.resource()["service.name"] == "sh"


def test_a_failure_says_why(collector):
    done = traced(collector, "sh", "-c", "echo building; echo it broke >&2; exit 7")
    assert done.returncode == 7
    (span,) = collector.spans
    assert span.status.code == 2 and span.status.message == "exit status 7"
    assert attributes(span)["process.exit.code"] == 7
    assert sorted(attributes(span)["process.output.tail"].splitlines()) == ["building", "it broke"]


def test_only_the_end_of_long_output_is_kept_and_all_of_it_is_passed_on(collector):
    done = traced(collector, sys.executable, "-c", "print('x' * 300_000); print('the end'); raise SystemExit(1)")
    assert len(done.stdout) == 300_009
    tail = attributes(collector.spans[0])["process.output.tail"]
    assert len(tail) == 4096 and tail.endswith("the end\n")


def test_one_file_for_both_outputs_keeps_their_order(collector):
    script = "import sys\nfor n in range(200): print(n, file=[sys.stdout, sys.stderr][n % 2], flush=True)"
    done = traced(collector, sys.executable, "-c", script, stderr=subprocess.STDOUT)
    assert done.stdout.split() == [str(n) for n in range(200)]


def test_a_command_killed_by_a_signal_ends_us_the_same_way(collector):
    done = traced(collector, "sh", "-c", "kill -9 $$")
    assert done.returncode == -signal.SIGKILL
    (span,) = collector.spans
    assert span.status.message == "killed by SIGKILL" and attributes(span)["process.exit.code"] == 137


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_sent_to_us_reaches_the_command(collector, number):
    script = "trap 'echo caught; exit 5' TERM HUP; echo ready; while :; do sleep 0.05; done"
    with subprocess.Popen(exec_command(collector, "sh", "-c", script), stdout=-1, text=True, env=CLEAN) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.read() == "caught\n" and process.wait(10) == 5
    assert len(collector.spans) == 1


def test_ctrl_c_is_the_commands_affair(collector):
    script = "trap 'echo caught; exit 6' INT; echo ready; while :; do sleep 0.05; done"
    command = exec_command(collector, "sh", "-c", script)
    with subprocess.Popen(command, stdout=-1, text=True, env=CLEAN, start_new_session=True) as process:
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == "caught\n" and process.wait(10) == 6


@pytest.mark.parametrize(("command", "code"), [("no-such-program", 127), ("/etc/hostname", 126)])
def test_a_command_that_cannot_run(collector, command, code):
    done = traced(collector, command)
    assert done.returncode == code and command in done.stderr
    (span,) = collector.spans
    assert span.status.message == f"exit status {code}"


def test_no_command_is_a_misuse(collector):
    assert subprocess.run(exec_command(collector)[:-1], capture_output=True, env=CLEAN).returncode == 2


def test_steps_inside_steps_are_one_trace(collector):
    inner = exec_command(collector, "sh", "-c", "echo $TRACEPARENT")
    done = traced(collector, *inner)
    outer_span = next(span for span in collector.spans if not span.parent_span_id)
    inner_span = next(span for span in collector.spans if span.parent_span_id)
    assert inner_span.parent_span_id == outer_span.span_id and inner_span.trace_id == outer_span.trace_id
    assert done.stdout == f"00-{inner_span.trace_id.hex()}-{inner_span.span_id.hex()}-03\n"


def test_what_the_ci_says_about_itself(collector):
    traced(collector, "true", GITHUB_RUN_ID="42", GITHUB_WORKFLOW="tests", GITHUB_JOB="unit")
    found = attributes(collector.spans[0])
    names = ("cicd.pipeline.run.id", "cicd.pipeline.name", "cicd.pipeline.task.name")
    assert [found[name] for name in names] == ["42", "tests", "unit"]


def test_a_terminal_stays_a_terminal(collector):
    ours, theirs = pty.openpty()
    command = exec_command(
        collector, sys.executable, "-c", "import sys; print(sys.stdout.isatty(), sys.stdin.isatty())"
    )
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=CLEAN) as process:
        os.close(theirs)
        said = b""
        while b"\n" not in said and select.select([ours], [], [], 20)[0]:
            said += os.read(ours, 1000)
        assert process.wait(10) == 0
    os.close(ours)
    assert said == b"True True\r\n"


def test_what_the_command_leaves_running_does_not_hold_us_up(collector):
    started = time.monotonic()
    done = subprocess.run(
        exec_command(collector, "sh", "-c", "sleep 20 & echo $!"), stdout=-1, text=True, env=CLEAN, timeout=30
    )
    os.kill(int(done.stdout), signal.SIGKILL)
    assert done.returncode == 0 and time.monotonic() - started < 10
    until(lambda: collector.spans)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["/usr/bin/make", "test", "-j4"], "make test"),
        (["git", "push"], "git push"),
        (["python", "app.py"], "python app.py"),
        (["sh", "-c", "echo"], "sh"),
        (["ls", "/tmp/x"], "ls"),
    ],
)
def test_names(command, name):
    assert span_name(command) == name


def test_secrets_among_the_arguments():
    command = ["psql", "--password", "hunter2", "-h", "db", "--token=abc", "--verbose", "x"]
    assert masked(command) == ["psql", "--password", GONE, "-h", "db", "--token=abc", "--verbose", "x"]
