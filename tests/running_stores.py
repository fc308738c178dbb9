"""A real PostgreSQL and a real Redis, as the demo runs them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from trivet.demo.leash import Leash
from trivet.demo.postgres import Postgres
from trivet.demo.redis import Redis


@contextmanager
def running_postgres(directory: Path) -> Iterator[Postgres]:
    with ExitStack() as stack:
        yield Postgres(directory, stack.enter_context(Leash()), stack)


@contextmanager
def running_redis(directory: Path) -> Iterator[Redis]:
    with ExitStack() as stack:
        yield Redis(directory, stack.enter_context(Leash()), stack)
