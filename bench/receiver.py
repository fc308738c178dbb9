"""The receiver alone, as a process to measure: `python -m bench.receiver DIRECTORY PORT`."""

import asyncio
import signal
import sys
from pathlib import Path

import uvloop

from trivet.receive.listen import bind
from trivet.receive.receiver import Receiver
from trivet.receive.server import create_server
from trivet.settings import ServerSettings
from trivet.spool.spool import Spool
from trivet.tokens import Tokens


async def serve(directory: Path, port: int) -> None:
    settings = ServerSettings(data=directory, http=f"127.0.0.1:{port}", grpc="")
    spool = Spool(
        directory,
        segment_bytes=settings.segment_bytes,
        max_bytes=settings.spool_max_bytes,
        min_free_bytes=settings.min_free_bytes,
        batch_memory=settings.batch_memory,
    )
    spool.open()
    receiver = Receiver(settings, spool, Tokens())
    server = create_server(receiver.http(_nothing_else), settings, [bind("http", settings.http)])
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await receiver.start()
    await server.start()
    await stopped.wait()
    await server.stop()
    await receiver.stop()
    spool.close()


async def _nothing_else(scope: object, receive: object, send: object) -> None:
    """Nothing but OTLP is asked for here."""


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
