"""Keeps the processes that decode, at most `size` of them, started when they are first needed.

Each is spoken to by blocking reads and writes from a thread, which wait without the GIL. More work than processes waits
its turn; the number of waiting requests is bounded by admission.
"""

import asyncio
import queue
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from trivet.errors import Invalid, TooLarge, Unavailable
from trivet.receive import decode_child as child

REFUSALS: Final = {child.INVALID: Invalid, child.TOO_LARGE: TooLarge}
STOP_SECONDS: Final = 5.0


class DecodePool:
    def __init__(self, size: int, memory: int):
        self._memory = memory
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="decode")
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()

    async def translate(self, signal: str, text: bytes) -> tuple[bytes, int]:
        """(protobuf, items) of OTLP JSON."""
        return await self._ask(signal, child.JSON, text)

    async def count(self, signal: str, body: bytes) -> int:
        """The items of a protobuf body, when it is valid."""
        _, items = await self._ask(signal, child.PROTOBUF, body)
        return items

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().stop()

    async def _ask(self, signal: str, kind: int, body: bytes) -> tuple[bytes, int]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._decode, signal, kind, body)

    def _decode(self, signal: str, kind: int, body: bytes) -> tuple[bytes, int]:
        one, answer = self._answered(child.SIGNALS.index(signal), kind, body)
        self._idle.put(one)
        outcome, items, content = answer
        if outcome in REFUSALS:
            raise REFUSALS[outcome](content.decode("utf-8", "replace"))
        return content, items

    def _answered(self, signal: int, kind: int, body: bytes) -> "tuple[_Child, _Answer]":
        """From a process that waited, which may just have ended for want of work, or else from a new one."""
        while not self._idle.empty():
            waiting = self._idle.get()
            if answer := waiting.ask(signal, kind, body):
                return waiting, answer
        new = _Child(self._memory)
        if answer := new.ask(signal, kind, body):
            return new, answer
        if new.was_killed:  # as the C in it is where an allocation fails
            raise TooLarge("decoding the body needs more memory than allowed (decode_memory)")
        raise Unavailable("the process that decodes JSON and large bodies does not run; see its message above")


_Answer = tuple[int, int, bytes]


class _Child:
    def __init__(self, memory: int):
        command = [sys.executable, "-P", "-m", child.__name__, str(memory)]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            raise Unavailable(f"cannot start a process to decode the body: {error.strerror}", retry_after=5) from None

    @property
    def was_killed(self) -> bool:
        return self._process.poll() is not None and self._process.returncode < 0

    def ask(self, signal: int, kind: int, body: bytes) -> _Answer | None:
        """None when the process has ended; it is then cleaned up."""
        try:
            self._process.stdin.write(child.REQUEST.pack(signal, kind, len(body)))
            self._process.stdin.write(body)
            self._process.stdin.flush()
            outcome, items, length = child.ANSWER.unpack(self._read(child.ANSWER.size))
            return outcome, items, self._read(length)
        except (BrokenPipeError, EOFError):
            self.stop()
            return None

    def _read(self, size: int) -> bytes:
        content = self._process.stdout.read(size)
        if len(content) < size:
            raise EOFError
        return content

    def stop(self) -> None:
        """Its input ends, and with it the process."""
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
