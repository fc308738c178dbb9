import asyncio
import importlib
import re
import threading
from collections.abc import Awaitable, Callable

import pytest
from sdk.collector import until

from trivet.sdk.stacks import stack_of


def functions(stack: tuple[str, ...]) -> list[str]:
    """`file:line module.<locals>.function` → `function`, of this file only."""
    return [line.rsplit(" ", 1)[1].rsplit(".", 1)[-1] for line in stack if "test_stacks" in line]


def seen_from_outside(work: Callable[[asyncio.Event], Awaitable[object]]) -> tuple[str, ...]:
    """The stack of a task that runs `work` until it waits for the event."""

    async def main() -> tuple[str, ...]:
        release = asyncio.Event()
        task = asyncio.ensure_future(work(release))
        for _ in range(5):
            await asyncio.sleep(0)
        stack = await asyncio.to_thread(stack_of, (threading.get_ident(), task))
        release.set()
        await task
        assert stack_of((threading.get_ident(), task)) == ()
        return stack

    return asyncio.run(main())


def test_a_thread_innermost_last():
    gate, idents = threading.Event(), []

    def inner():
        idents.append(threading.get_ident())
        gate.wait(10)

    def outer():
        inner()

    thread = threading.Thread(target=outer)
    thread.start()
    whole = until(lambda: idents and (lines := stack_of(idents[0]))[-1].endswith("Condition.wait") and lines)
    gate.set()
    thread.join()
    assert functions(whole) == ["outer", "inner"] and re.match(r"lib/python3\.\d+/threading\.py:", whole[-1])
    line = next(line for line in whole if line.endswith(".inner"))
    assert re.fullmatch(r"(.*/)?test_stacks\.py:\d+ test_a_thread_innermost_last\.<locals>\.inner", line)
    assert stack_of(idents[0]) == ()


async def waits(release: asyncio.Event) -> None:
    await release.wait()


async def calls(release: asyncio.Event) -> None:
    await waits(release)


def test_a_chain_of_coroutines():
    assert functions(seen_from_outside(calls)) == ["calls", "waits"]


def test_into_async_generators():
    async def numbers(release):
        yield 1
        await calls(release)
        yield 2

    async def consume(release):
        async for _ in numbers(release):
            pass

    assert functions(seen_from_outside(consume)) == ["consume", "numbers", "calls", "waits"]


def test_into_an_awaited_task_and_a_gathering():
    async def parent(release):
        await asyncio.create_task(calls(release))

    async def family(release):
        await asyncio.gather(asyncio.sleep(0), calls(release))

    assert functions(seen_from_outside(parent)) == ["parent", "calls", "waits"]
    assert functions(seen_from_outside(family)) == ["family", "calls", "waits"]


def test_through_objects_with_an_await_of_their_own():
    class Job:
        def __init__(self, release):
            self.release = release

        def __await__(self):
            yield from calls(self.release).__await__()

    async def runs(release):
        await Job(release)

    assert functions(seen_from_outside(runs)) == ["runs", "__await__", "calls", "waits"]


def test_with_a_timeout_around_and_in_a_group():
    async def patient(release):
        async with asyncio.timeout(10):
            await asyncio.wait_for(calls(release), 10)

    async def waiting(release):
        await asyncio.wait([asyncio.create_task(calls(release))])

    async def group(release):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(calls(release))

    for work in (patient, waiting, group):
        assert functions(seen_from_outside(work)) == [work.__name__, "calls", "waits"]


def test_a_task_that_runs_just_now_is_where_its_thread_is():
    async def main():
        return helper(asyncio.current_task())

    def helper(task):
        return stack_of((threading.get_ident(), task))

    assert functions(asyncio.run(main()))[-2:] == ["main", "helper"]


@pytest.mark.parametrize("where", [0, (0, None)])
def test_a_thread_that_is_gone_has_no_stack(where):
    assert stack_of(where) == ()


def test_a_very_deep_stack_is_cut():
    def down(n):
        return down(n - 1) if n else stack_of(threading.get_ident())

    stack = down(300)
    assert len(stack) <= 100 and stack[-1].endswith("down")


def test_a_library_is_told_from_the_program(tmp_path, monkeypatch):
    package = tmp_path / ".venv" / "lib" / "site-packages"
    package.mkdir(parents=True)
    (package / "lent.py").write_text("def through(call):\n    return call()\n")
    monkeypatch.syspath_prepend(str(package))
    lent = importlib.import_module("lent")
    stack = lent.through(lambda: stack_of(threading.get_ident()))
    assert "site-packages/lent.py:2 through" in stack
