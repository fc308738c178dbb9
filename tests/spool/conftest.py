from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from trivet.spool.spool import Spool

DEFAULTS = {"segment_bytes": 2000, "max_bytes": 10**9, "min_free_bytes": 0, "batch_memory": 86400.0, "pause": 0.0}


class Spools:
    """Opens spools in one directory, and closes the last one before it opens the next."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.spool: Spool | None = None

    def __call__(self, **settings) -> Spool:
        self.close()
        self.spool = Spool(self.directory, **{**DEFAULTS, **settings})
        self.spool.open()
        return self.spool

    def close(self) -> None:
        if self.spool:
            self.spool.close()
            self.spool = None


@pytest.fixture
def open_spool(tmp_path: Path) -> Iterator[Callable[..., Spool]]:
    spools = Spools(tmp_path / "spool")
    yield spools
    spools.close()
