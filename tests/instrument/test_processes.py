"""What is started, and what is handed to threads: command, outcome, and the context that goes along."""

import asyncio
import ctypes.util
import platform
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvloop

import trivet
from trivet.testing import Capture

SAY = "import os, sys; sys.stderr.write('no decoder\\n'); print(os.environ.get('TRACEPARENT', '')); sys.exit({code})"


def python(code: int = 0) -> list[str]:
    return [sys.executable, "-c", SAY.format(code=code)]


def test_a_command_is_a_span_that_its_child_can_continue(told: Capture):
    with trivet.span("transcode"):
        done = subprocess.run(python(), capture_output=True, text=True)
    span = told.spans.one("python").under("transcode").has(
        {"process.command_args": python(), "process.exit.code": 0, "process.executable.name": "python"}
    )  # fmt: skip
    assert done.stdout.strip() == f"00-{span.trace_id}-{span.span_id}-03"
    assert span.attributes["process.memory.peak"] > 2**20
    assert span.attributes["process.cpu.user"] >= 0


def test_a_failure_says_how_and_with_what_last_words(told: Capture):
    subprocess.run(python(3), capture_output=True)
    told.spans.one("python").failed("exit status 3").has(
        {"process.exit.code": 3, "process.stderr.tail": "no decoder\n"}
    )


def test_check_output_check_call_and_popen(told: Capture):
    subprocess.check_output(python(), stderr=subprocess.DEVNULL)
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.check_call(python(2), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with subprocess.Popen(python(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        process.stdout.read()
    assert [span.attributes["process.exit.code"] for span in told.spans.all("python")] == [0, 2, 0]


def test_a_killed_child(told: Capture):
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    assert not told.spans
    process.kill()
    process.wait()
    told.spans.one("python").failed("killed by 9").has({"process.exit.code": 137})


def test_no_such_program(told: Capture):
    with pytest.raises(FileNotFoundError):
        subprocess.run(["/no/such/program", "--password", "secret"])
    span = told.spans.one("program").failed("FileNotFoundError")
    assert span.attributes["process.command_args"] == ("/no/such/program", "--password", "***")


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run])
def test_asyncio(runner: Callable[..., str], told: Capture):
    async def work() -> str:
        with trivet.span("transcode"):
            process = await asyncio.create_subprocess_exec(
                *python(3), stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )  # fmt: skip
            out, _ = await process.communicate()
            other = await asyncio.create_subprocess_exec(
                *python(), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
            await other.wait()
        return out.decode()

    out = runner(work())
    failed, well = told.spans.all("python")
    assert failed.under("transcode").failed("exit status 3").span_id in out
    failed.has({"process.stderr.tail": "no decoder\n"})
    well.under("transcode").has({"process.exit.code": 0})


def test_what_the_standard_library_asks_the_machine_is_no_work_of_the_programs(told: Capture):
    platform._Processor.from_subprocess()
    uuid._get_command_stdout("uname", "-p")
    ctypes.util._findLib_gcc("c")
    assert not told.spans
    subprocess.run(["uname", "-p"], stdout=subprocess.DEVNULL)
    assert told.spans.names == ["uname"]


def test_uvloops_shell_and_no_such_program(told: Capture):
    async def work() -> None:
        shell = await asyncio.create_subprocess_shell("exit 4")
        assert await shell.wait() == 4
        with pytest.raises(FileNotFoundError):
            await asyncio.create_subprocess_exec("/no/such/program")

    uvloop.run(work())
    told.spans.one("exit").failed("exit status 4")
    told.spans.one("program").failed("FileNotFoundError")


def test_threads_and_executors_go_on_in_the_trace(told: Capture):
    def work(name: str) -> None:
        with trivet.span(name):
            pass

    with trivet.span("request"), ThreadPoolExecutor(1) as pool:
        thread = threading.Thread(target=work, args=("in a thread",))
        thread.start()
        thread.join()
        pool.submit(work, "in a pool").result()
    with trivet.span("another"), ThreadPoolExecutor(1) as pool:
        list(pool.map(work, ["mapped"]))
    work("outside")
    assert told.spans.tree() == "request\n  in a thread\n  in a pool\nanother\n  mapped\noutside"


def test_a_pool_keeps_no_trace_for_the_next_one(told: Capture):
    def work(name: str) -> None:
        with trivet.span(name):
            pass

    with ThreadPoolExecutor(1) as pool:
        with trivet.span("first"):
            pool.submit(work, "one").result()
        with trivet.span("second"):
            pool.submit(work, "two").result()
        pool.submit(work, "three").result()
    assert told.spans.tree() == "first\n  one\nsecond\n  two\nthree"
