"""The store as a whole: the engine, its schema, and everything that writes to it."""

import logging
import os
import shutil
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import SplitResult, unquote, urlsplit

from trivet.errors import CannotStart, Unavailable
from trivet.settings import ServerSettings
from trivet.spool.aside import Aside
from trivet.spool.spool import Spool
from trivet.store.asked import Asked
from trivet.store.audience import Audience
from trivet.store.checkpoint import Checkpoint, sync_file_system
from trivet.store.client import Address, Client, EngineError
from trivet.store.engine import Engine
from trivet.store.journal import Journal
from trivet.store.loader import Loader
from trivet.store.migrations import migrate
from trivet.store.retention import Retention
from trivet.store.steps import Steps

log = logging.getLogger(__name__)

# A tenant is a ClickHouse database; today there is one.
DATABASE = "trivet_default"
# A block may take long while merges and questions run; an engine that hangs is killed by its supervisor before.
INSERT_SECONDS = 180.0
# Walking a directory of some thousand parts takes tens of milliseconds.
SIZE_SECONDS = 10.0
# A server elsewhere is asked this often whether it answers, within so many seconds.
ASK_EVERY, ASK_SECONDS = 2.0, 5.0


class Server:
    """A ClickHouse that somebody else runs; the embedded engine's interface as far as the rest needs it."""

    kind = "server"
    reader: ClassVar = {"readonly": "1"}  # what else a person's SQL may not do is up to that server's grants
    restarts = 0
    rss_bytes = 0

    def __init__(self, url: str, password: str):
        parts = _taken_apart(url)
        port = parts.port or (8443 if parts.scheme == "https" else 8123)
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self.database = parts.path.strip("/") or DATABASE
        self.address = Address(
            f"{parts.scheme}://{host}:{port}",
            unquote(parts.username or "default"),
            password or unquote(parts.password or ""),
        )
        self.version = ""
        self.up = False
        self._stopping = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="clickhouse", daemon=True)

    def start(self) -> None:
        client = Client(self.address)
        try:
            self.version = client.rows("SELECT version() AS version")[0]["version"]
        except (EngineError, Unavailable) as error:
            raise CannotStart(f"{self.address.url} does not answer: {error}", hint="see clickhouse_url") from error
        finally:
            client.close()
        self.up = True
        self._watching.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._watching.is_alive():
            self._watching.join()
        self.up = False

    def _watch(self) -> None:
        with closing(Client(self.address, seconds=ASK_SECONDS)) as client:
            while not self._stopping.wait(ASK_EVERY):
                self.up = _answers(client)


def _taken_apart(url: str) -> SplitResult:
    """CannotStart when it is no address; a password in it is not said."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        known = False
    if not known:
        shown = url.rpartition("@")[2]
        raise CannotStart(f"clickhouse_url = {shown!r} is not an address", hint="http://user@host:8123/database")
    return parts


def _answers(client: Client) -> bool:
    try:
        client.command("SELECT 1")
    except (EngineError, Unavailable):
        return False
    return True


class Store:
    """`start` returns when the schema stands and the loaders run."""

    def __init__(self, settings: ServerSettings, spool: Spool):
        self._settings = settings
        self._spool = spool
        self.directory = settings.data / "store"
        self.engine = self._engine()
        self.database = getattr(self.engine, "database", DATABASE)
        self.loaders: dict[str, Loader] = {}
        self.audience = Audience()
        self._size, self._sized_at = 0, float("-inf")

    def _engine(self) -> Engine | Server:
        if self._settings.clickhouse_url:
            return Server(self._settings.clickhouse_url, self._settings.clickhouse_password)
        return Engine(self.directory, memory=self._settings.engine_memory)

    @property
    def address(self) -> Address:
        """Where questions go."""
        address = self.engine.address
        return Address(address.url, address.user, address.password, self.database)

    def start(self) -> None:
        self.engine.start()
        self._client = Client(self.address, seconds=INSERT_SECONDS)
        try:
            migrate(self._client, self.database)
        except BaseException as error:
            self._client.close()
            self.engine.stop()
            if isinstance(error, EngineError | Unavailable):
                raise CannotStart(f"the store cannot be prepared: {error}") from error
            raise
        self._start_writers()

    def _start_writers(self) -> None:
        embedded = self.engine.kind == "embedded"
        aside = Aside(self._settings.data / "aside")
        for signal, stream in self._spool.streams.items():
            self.loaders[signal] = Loader(
                stream,
                self._client,
                Journal(self._settings.data / "journal" / signal),
                aside,
                max_bytes=self._settings.load_max_bytes,
                interval=self._settings.load_interval,
                unwatched=self._settings.load_interval_unwatched,
                audience=self.audience,
                loaded=self._loaded,
            )
        loaders = list(self.loaders.values())
        self._checkpoint = Checkpoint(loaders, sync=self._sync if embedded else _nothing, release=self._spool.release)
        self._steps = Steps(self._client, loaders)
        self._retention = Retention(
            self._client,
            age=self._settings.retention,
            max_bytes=self._settings.store_max_bytes,
            directory=self.directory if embedded else None,
        )
        self.asked = Asked(self._client, age=self._settings.asked_age, rows=self._settings.asked_rows)
        for part in (*loaders, self._checkpoint, self._steps, self._retention, self.asked):
            part.start()

    def stop(self) -> None:
        for part in (self.asked, self._retention, self._steps, *self.loaders.values(), self._checkpoint):
            part.stop()
        self._client.close()
        self.engine.stop()

    def _loaded(self) -> None:
        self._checkpoint.loaded()

    def _sync(self) -> None:
        sync_file_system(self.directory)

    def status(self) -> dict[str, Any]:
        """The engine, as `GET /api/status` shows it."""
        return {
            "kind": self.engine.kind,
            "version": self.engine.version,
            "up": self.engine.up,
            "restarts": self.engine.restarts,
            "rss_bytes": self.engine.rss_bytes,
        }

    @property
    def free_bytes(self) -> int:
        """What is left of the disk that the data is on."""
        return shutil.disk_usage(self._settings.data).free

    @property
    def bytes(self) -> int:
        """On disk, looked up at most every SIZE_SECONDS; 0 for a server elsewhere."""
        if self.engine.kind != "embedded":
            return 0
        now = time.monotonic()
        if now - self._sized_at > SIZE_SECONDS:
            self._size, self._sized_at = _size(self.directory), now
        return self._size


def _size(directory: Path) -> int:
    """Bytes of disk below `directory`; what is merged away meanwhile is passed over."""
    size = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                size += os.lstat(os.path.join(folder, name)).st_blocks * 512
            except FileNotFoundError:
                pass
    return size


def _nothing() -> None:
    """A server elsewhere syncs by its own settings."""
