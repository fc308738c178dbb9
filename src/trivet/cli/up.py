"""`trivet up`: the server, until Ctrl-C or SIGTERM. One line on stdout when it is ready: its URL."""

import argparse
import asyncio
import dataclasses
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from uvloop import new_event_loop

from trivet.cli.terminal import note
from trivet.pipeline import Server
from trivet.settings import Bytes, Count, Seconds, ServerSettings

FIRST = {"data": "DIR", "http": "HOST:PORT", "grpc": "HOST:PORT"}
METAVARS = {Bytes: "SIZE", Seconds: "TIME", int: "N", Count: "N"}
UNITS = {
    Bytes: ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")),
    Seconds: ((86400, "d"), (60, "m"), (1, "s"), (1e-3, "ms")),
}
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Every setting of the server as a flag; the table in settings.py is the only list of them."""
    parser.usage = "trivet up [--data DIR] [--http HOST:PORT] [--grpc HOST:PORT] [--config FILE] [--SETTING …]"
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file; default: trivet.toml when there")
    more = parser.add_argument_group("more settings", "each also as TRIVET_NAME in the environment or name in the file")
    for setting in _settings():
        group = parser if setting.name in FIRST else more
        metavar = FIRST.get(setting.name) or METAVARS.get(type(setting.default), "TEXT")
        flag = f"--{setting.name.replace('_', '-')}"
        group.add_argument(flag, dest=setting.name, help=_help(setting), metavar=metavar)


def run(args: argparse.Namespace) -> int:
    flags = {setting.name: getattr(args, setting.name) for setting in _settings()}
    settings = ServerSettings.load(flags, file=args.config)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("trivet").setLevel(logging.INFO)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(settings))
    return 0


async def _serve(settings: ServerSettings) -> None:
    """A signal during the start is obeyed once that is done, which takes a second or two."""
    stopping = _on_signals()
    server = Server(settings)
    await server.start()
    try:
        if not stopping.is_set():
            _announce(server, settings)
        await stopping.wait()
    finally:
        await server.stop()


def _on_signals() -> asyncio.Event:
    """Set by the first signal; the second ends the process at once: what was acknowledged is on disk anyway."""
    stopping = asyncio.Event()

    def stop(number: int) -> None:
        if stopping.is_set():
            os._exit(128 + number)
        stopping.set()
        if number == signal.SIGINT:
            note("stopping; once more to leave at once")

    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    return stopping


def _announce(server: Server, settings: ServerSettings) -> None:
    for finding in server.findings:
        note(finding)
    if server.grpc_address:
        note(f"OTLP/gRPC at {server.grpc_address}")
    note(f"data in {settings.data.absolute()}")
    print(f"Trivet is up at {server.url}", flush=True)


def _settings() -> Iterator[dataclasses.Field]:
    return (each for each in dataclasses.fields(ServerSettings) if each.name != "forward")


def _help(setting: dataclasses.Field) -> str:
    default = default_text(setting.default)
    return (setting.metadata["help"] + (f" ({default})" if default else "")).replace("%", "%%")


def default_text(default: object) -> str:
    """A default as a person would type it: `64MiB`, `30d`."""
    for size, unit in UNITS.get(type(default), ()):
        if default and (default / size).is_integer():
            return f"{default / size:.0f}{unit}"
    return str(default)
