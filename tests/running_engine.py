"""An engine of its own, for tests that would harm the shared one of `conftest.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trivet.settings import MiB
from trivet.store.client import Client
from trivet.store.engine import Engine

MEMORY = 1024 * MiB


@contextmanager
def running_engine(
    directory: Path, *, memory: int = MEMORY, patience: float = 10.0, confine: bool = True
) -> Iterator[Engine]:
    engine = Engine(directory, memory=memory, patience=patience, confine=confine)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


@contextmanager
def connected(engine: Engine, **settings: object) -> Iterator[Client]:
    client = Client(engine.address, settings=settings)
    try:
        yield client
    finally:
        client.close()
