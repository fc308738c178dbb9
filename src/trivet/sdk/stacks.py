"""Where a thread or an asyncio task is now, as lines `file:line function`, innermost last.

A waiting task has no frame of its own thread; it is a chain of coroutines, each awaiting the next, through async
generators and into the task or gathering that the last one waits for. The interpreter shows most of that chain as
attributes, and the objects in between (`anext()` of a generator, an awaited future's iterator) only as what the
garbage collector sees them refer to.
"""

import gc
import os
import re
import sys
from collections.abc import Iterator
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType
from typing import Any

DEEPEST = 100  # frames of one stack, the innermost
ROOMS = os.path.dirname(os.path.dirname(__file__))
INSTALLED = re.compile(r"\b(site|dist)-packages/")
STANDARD = os.path.dirname(os.__file__)
OWN = tuple(os.path.join(ROOMS, room, "") for room in ("sdk", "instrument"))  # frames that are not the app's

# Where each kind keeps its frame, and what it waits for.
LINKS = {
    CoroutineType: ("cr_frame", "cr_await"),
    GeneratorType: ("gi_frame", "gi_yieldfrom"),
    AsyncGeneratorType: ("ag_frame", "ag_await"),
}


def stack_of(where: Any) -> tuple[str, ...]:
    """`where` is a thread's ident, or that and a task; () when neither is there any more."""
    thread, task = where if isinstance(where, tuple) else (where, None)
    if task is None or _is_running(task):
        return _lines(_thread_frames(thread))
    return () if task.done() else _lines(_awaited_frames(task))


def _is_running(task: Any) -> bool:
    return bool(getattr(task.get_coro(), "cr_running", False))


def _thread_frames(thread: int) -> list[FrameType]:
    frame = sys._current_frames().get(thread)
    frames = []
    while frame is not None and len(frames) < DEEPEST:
        frames.append(frame)
        frame = frame.f_back
    return frames[::-1]


def _awaited_frames(task: Any) -> list[FrameType]:
    frames: list[FrameType] = []
    awaited: Any = task
    while awaited is not None and len(frames) < DEEPEST:
        link = LINKS.get(type(awaited))
        if link is None:
            awaited = _behind(awaited) or (_held_by_asyncio(frames[-1]) if frames else None)
            continue
        frame = getattr(awaited, link[0])
        if frame is not None:
            frames.append(frame)
        awaited = getattr(awaited, link[1])
    return frames


def _behind(awaited: Any) -> Any:
    """The next link behind something that has no frame: a task's coroutine, a gathering's child, a wrapper's inside."""
    if hasattr(awaited, "get_coro"):
        return awaited.get_coro()
    for child in getattr(awaited, "_children", ()):  # what `asyncio.gather` returns
        if not child.done():
            return child
    if hasattr(awaited, "add_done_callback"):
        return None  # a bare future: whoever sets it is somewhere else
    return next(_referred(awaited), None)


def _held_by_asyncio(frame: FrameType) -> Any:
    """The task that `wait_for`, `wait` or a `TaskGroup` waits for, by way of a future that does not know it."""
    if not frame.f_code.co_filename.endswith(("asyncio/tasks.py", "asyncio/taskgroups.py")):
        return None
    held = frame.f_locals
    tasks = [held.get("fut"), *(held.get("fs") or ()), *getattr(held.get("self"), "_tasks", ())]
    return next((task for task in tasks if hasattr(task, "get_coro") and not task.done()), None)


def _referred(wrapper: Any) -> Iterator[Any]:
    for referent in gc.get_referents(wrapper):
        if type(referent) in LINKS or hasattr(referent, "add_done_callback"):
            yield referent


def _lines(frames: list[FrameType]) -> tuple[str, ...]:
    return tuple(
        f"{_short(frame.f_code.co_filename)}:{frame.f_lineno} {frame.f_code.co_qualname}"
        for frame in frames
        if not frame.f_code.co_filename.startswith(OWN)
    )


def _short(file: str) -> str:
    """Without what all files of the app begin with; a library's and Python's own can still be told from them."""
    if installed := INSTALLED.search(file):
        return file[installed.start() :]
    if file.startswith(STANDARD):
        return os.path.join("lib", file[len(os.path.dirname(STANDARD)) + 1 :])
    for root in (os.getcwd() + os.sep, *(path + os.sep for path in sys.path if path)):
        if file.startswith(root):
            return file[len(root) :]
    return file
