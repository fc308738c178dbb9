"""A container as serverless platforms run them: started by the first request, frozen whenever there is none.

`python -m trivet.demo.container COMMAND…` listens, starts the command when the first connection comes, and passes
connections on to it. When none has been open for a while, the command is stopped (SIGSTOP) and its timers stand
still, as on Cloud Run. The next connection wakes it.
"""

import asyncio
import os
import re
import signal
import sys
from contextlib import suppress

FREEZE_SECONDS = 0.5
READY = re.compile(rb"listening on http://127\.0\.0\.1:(\d+)")
CHUNK = 65536


class Container:
    def __init__(self, command: list[str]):
        self.command = command
        self.ended = asyncio.Event()
        self._port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task | None = None
        self._freezing: asyncio.TimerHandle | None = None
        self._open = 0  # connections

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from the first byte to the last."""
        self._wake()
        try:
            there, back = await asyncio.open_connection("127.0.0.1", await asyncio.shield(self._port))
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
            back.close()
        except OSError:  # it is not there any more; neither is the connection
            pass
        finally:
            writer.close()
            self._rest()

    def _wake(self) -> None:
        self._open += 1
        if self._freezing:
            self._freezing.cancel()
        if self._life is None:
            self._life = asyncio.create_task(self._live())
        self._send(signal.SIGCONT)

    def _rest(self) -> None:
        self._open -= 1
        if not self._open:
            self._freezing = asyncio.get_running_loop().call_later(FREEZE_SECONDS, self._send, signal.SIGSTOP)

    def _send(self, number: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(number)

    async def _live(self) -> None:
        """From the cold start to the end. Its log is ours; one line of it says where it listens."""
        self._process = await asyncio.create_subprocess_exec(*self.command, stdout=asyncio.subprocess.PIPE)
        async for line in self._process.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            if (found := READY.search(line)) and not self._port.done():
                self._port.set_result(int(found[1]))
        await self._process.wait()
        self.ended.set()

    async def stop(self) -> None:
        if self._freezing:
            self._freezing.cancel()
        self._send(signal.SIGCONT)
        self._send(signal.SIGTERM)
        if self._life:
            await self._life


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()


async def main() -> None:
    container = Container(sys.argv[1:])
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, container.ended.set)
    server = await asyncio.start_server(container.pass_on, "127.0.0.1", int(os.environ.get("PORT", 0)))
    print(f"a container at http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await container.ended.wait()
    server.close()
    await container.stop()


if __name__ == "__main__":
    asyncio.run(main())
