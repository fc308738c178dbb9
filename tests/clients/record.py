"""Records what a client sends, for `samples/`: `python record.py DIRECTORY -- CMD… {http}` or `… {grpc}`.

The placeholder becomes the address to send to. Each first body of a signal is kept as it came, decompressed:
`http-traces.pb`, `http-traces.json`, `grpc-traces.pb`, …
"""

import asyncio
import gzip
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import uvicorn

SERVICES = {"traces": "trace.v1.TraceService", "metrics": "metrics.v1.MetricsService", "logs": "logs.v1.LogsService"}


def keep(directory: Path, name: str, body: bytes) -> None:
    path = directory / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        print(f"{path}  {len(body)} bytes")


def http_recorder(directory: Path) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        headers = dict(scope["headers"])
        if headers.get(b"content-encoding") == b"gzip":
            body = gzip.decompress(body)
        is_json = b"json" in headers[b"content-type"]
        keep(directory, f"http-{scope['path'].rpartition('/')[2]}.{'json' if is_json else 'pb'}", body)
        answered = [(b"content-type", headers[b"content-type"])]
        await send({"type": "http.response.start", "status": 200, "headers": answered})
        await send({"type": "http.response.body", "body": b"{}" if is_json else b""})

    return app


def grpc_recorder(directory: Path) -> tuple[grpc.Server, int]:
    server = grpc.server(ThreadPoolExecutor(4))
    for signal, service in SERVICES.items():

        def export(body: bytes, _: Any, signal: str = signal) -> bytes:
            keep(directory, f"grpc-{signal}.pb", body)
            return b""

        methods = {"Export": grpc.unary_unary_rpc_method_handler(export)}
        name = f"opentelemetry.proto.collector.{service}"
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, methods)])
    return server, server.add_insecure_port("127.0.0.1:0")


async def main(directory: Path, command: list[str]) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    http = uvicorn.Server(uvicorn.Config(http_recorder(directory), lifespan="off", log_level="error"))
    serving = asyncio.create_task(http.serve([listening]))
    calls, grpc_port = grpc_recorder(directory)
    calls.start()
    places = {"{http}": f"http://127.0.0.1:{listening.getsockname()[1]}", "{grpc}": f"127.0.0.1:{grpc_port}"}
    for place, address in places.items():
        command = [part.replace(place, address) for part in command]
    client = await asyncio.create_subprocess_exec(*command)
    await client.wait()
    calls.stop(1).wait()
    http.should_exit = True
    await serving


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[sys.argv.index("--") + 1 :]))
