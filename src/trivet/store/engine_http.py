"""The engine's process: chDB behind ClickHouse's HTTP interface, on a loopback socket that the parent opened.

    python -m trivet.store.engine_http      settings come as one line of JSON on standard input

Standard input stays open as long as the parent lives; its end is the order to stop. Standard output says one line of
JSON: `{"version": "26.9.2.1", "confined": true}` once the engine answers, `{"error": "…"}` when it will not.
"""

import asyncio
import ctypes
import faulthandler
import json
import os
import signal
import socket
import sys
import threading
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import uvicorn

from trivet.store import statement
from trivet.store.confinement import confine
from trivet.store.engine_answer import Answer
from trivet.store.engine_request import EngineRequest, whole
from trivet.store.exceptions import EngineError
from trivet.store.execution import Database, Execution, Insert
from trivet.store.statement import Statement

THREADS = 32  # statements at once; the API asks for fewer, the rest is for people's own tools
HEAD_BYTES = 256 * 1024  # ClickHouse's own bound (max_query_size) for what stands before INSERT data
SMALL_ANSWER = 1024 * 1024  # below it an answer goes out in one piece, with its true totals
APPEND_BYTES = 1024 * 1024
STOP_SECONDS = 3
KILL_EVERY = 0.1
KEEP_ALIVE_SECONDS = 300  # longer than any client keeps an idle connection, so that it never uses one as we close it
PR_SET_PDEATHSIG = 1
NOT_NEEDED = ("pyarrow", "pandas")
"""chDB imports these if they are there, for interfaces that nothing here uses: a quarter of a second and 40 MB."""

Send = Callable[[dict], Awaitable[None]]
Receive = Callable[[], Awaitable[dict]]


class Interface:
    """The ASGI application. Statements run in threads; the event loop only moves bytes."""

    def __init__(self, database: Database, user: str, password: str):
        self._database = database
        self._user = user
        self._password = password
        self._threads = ThreadPoolExecutor(THREADS, "statement")
        self._health = ThreadPoolExecutor(1, "health")
        self._killers = ThreadPoolExecutor(1, "kill")

    async def __call__(self, scope: dict, receive: Receive, send: Send) -> None:
        answer = Answer(send)
        try:
            if scope["path"] in ("/ping", "/replicas_status"):
                await answer.text("Ok.\n")
            else:
                await self._authenticated(EngineRequest.of(scope), receive, answer)
        except EngineError as error:
            await answer.fail(error)
        except ConnectionResetError:  # the client left while sending; nobody waits for an answer
            pass

    def close(self) -> None:
        """What still runs is cancelled."""
        self._database.kill_all()
        for pool in (self._threads, self._health, self._killers):
            pool.shutdown()

    async def _authenticated(self, request: EngineRequest, receive: Receive, answer: Answer) -> None:
        if not request.is_from(self._user, self._password):
            raise EngineError.of(516, "AUTHENTICATION_FAILED", "Authentication failed: wrong user or password")
        if request.path == "/health":
            return await self._answer_health(answer)
        await request.read_body(receive)
        sql, data = await _statement_and_data(request)
        if not sql.text.strip():
            return await answer.text("Ok.\n")
        answer.prepare(request, sql)
        job = Job(self._database, request, sql, answer)
        if sql.data is None:
            await self._watched(job, receive)
        else:
            await self._insert(job, data)

    async def _answer_health(self, answer: Answer) -> None:
        """`SELECT 1` on a thread of its own: it asks whether the engine lives, not whether it has a free thread."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._health, lambda: self._database.version)
        await answer.text("Ok.\n")

    async def _watched(self, job: "Job", receive: Receive) -> None:
        """Run the statement; when the client goes away, let it not begin or kill it."""
        thread = self._threads.submit(job.run)
        work = asyncio.wrap_future(thread)
        gone = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done() and thread.cancel():
                return
            await self._kill(job.mark, work)
        finally:
            gone.cancel()
        await job.answer.complete(await work)

    async def _kill(self, mark: str, work: asyncio.Future[list[bytes]]) -> None:
        """Again and again until the work is done: the first order may come before the engine knows the statement."""
        while not work.done():
            await asyncio.get_running_loop().run_in_executor(self._killers, self._database.kill, mark)
            await asyncio.wait({work}, timeout=KILL_EVERY)

    async def _insert(self, job: "Job", data: AsyncIterator[bytes]) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, job.open_insert)
        try:
            async for piece in _pieces(data, APPEND_BYTES):
                await loop.run_in_executor(self._threads, job.insert.append, piece)
        except BaseException:
            await loop.run_in_executor(self._threads, job.cancel_insert)
            raise
        await job.answer.complete(await loop.run_in_executor(self._threads, job.finish_insert))


class Job:
    """One statement's way through a thread. `mark` is how the engine finds it again to kill it."""

    def __init__(self, database: Database, request: EngineRequest, sql: Statement, answer: Answer):
        self._database = database
        self._request = request
        self._sql = sql
        self.answer = answer
        self.mark = f"{request.settings.get('log_comment', '')} {answer.query_id} {uuid.uuid4()}".strip()

    def _execution(self) -> Execution:
        request = self._request
        return Execution(
            self._database,
            current=request.database,
            role=request.interface.get("role", ""),
            settings=request.settings | {"log_comment": self.mark},
            params=request.params,
        )

    def run(self) -> list[bytes]:
        """Blocks of the answer that are left to send: all of a small one, the last of a streamed one."""
        held: list[bytes] = []
        size = 0
        with self._execution() as execution:
            self.answer.totals = execution.totals
            for block in execution.answer(self._sql, self._request.default_format):
                held.append(block)
                size += len(block)
                if size > SMALL_ANSWER and not self._request.wants("wait_end_of_query"):
                    self.answer.stream(b"".join(held))
                    held, size = [], 0
        return held

    def open_insert(self) -> None:
        self.execution = self._execution()
        self.answer.totals = self.execution.totals
        try:
            self.insert: Insert = self.execution.insert(self._sql)
        except BaseException:
            self.execution.close()
            raise

    def cancel_insert(self) -> None:
        with self.execution:
            self.insert.cancel()

    def finish_insert(self) -> list[bytes]:
        with self.execution:
            self.insert.finish()
        return []


async def _statement_and_data(request: EngineRequest) -> tuple[Statement, AsyncIterator[bytes]]:
    """The statement, and for an INSERT the data after it, still on its way."""
    if "query" in request.interface:
        sql = statement.read(request.interface["query"])
        if sql.data is not None:
            rest = request.interface["query"][sql.data :].encode("utf-8", "surrogateescape")
            return sql, _joined(rest, request.body)
        body = await whole(request.body)
        text = request.interface["query"] + ("\n" if body else "")
        return statement.read(text + body.decode("utf-8", "surrogateescape")), request.body
    head = await _head(request.body)
    sql = statement.read(head.decode("latin-1"))
    if sql.data is not None:
        text = sql.text.encode("latin-1").decode("utf-8", "surrogateescape")
        return Statement(sql.verb, text, sql.format, sql.data), _joined(head[sql.data :], request.body)
    text = (head + await whole(request.body)).decode("utf-8", "surrogateescape")
    return statement.read(text), request.body


async def _head(body: AsyncIterator[bytes]) -> bytes:
    head = b""
    while len(head) < HEAD_BYTES and (part := await anext(body, None)) is not None:
        head += part
    return head


async def _joined(head: bytes, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for part in body:
        yield part


async def _pieces(body: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """The same bytes in pieces of about `size`, so that each hop to a thread carries a load."""
    held: list[bytes] = []
    length = 0
    async for part in body:
        held.append(part)
        length += len(part)
        if length >= size:
            yield b"".join(held)
            held, length = [], 0
    if length:
        yield b"".join(held)


def _die_with(parent: int) -> None:
    """Where the system offers it, be killed when the parent is: it holds even while this process is stopped."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _stop_at_end_of_input() -> None:
    """The parent closes its end, or is gone: stop cleanly if possible, at any rate soon."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(STOP_SECONDS + 1)
    os._exit(1)


def _say(**words: str | bool) -> None:
    """The one line to the parent. Whatever the engine's library prints later goes where the parent collects it."""
    print(json.dumps(words), flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def main() -> None:
    orders = json.loads(sys.stdin.buffer.raw.readline())
    _die_with(orders["parent"])
    confined = orders["confine"] and confine(Path(orders["directory"]))
    sys.modules.update(dict.fromkeys(NOT_NEEDED))
    try:
        database = Database(Path(orders["directory"]), orders["server_settings"])
    except (RuntimeError, OSError) as error:
        _say(error=str(error))
        sys.exit(1)
    faulthandler.enable()  # a crash leaves a few lines for `Engine.last_words`
    app = Interface(database, orders["user"], orders["password"])
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = uvicorn.Server(config)
    _say(version=database.version, confined=confined)
    threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
    server.run(sockets=[socket.socket(fileno=orders["listener"])])
    app.close()
    database.close()


if __name__ == "__main__":
    main()
