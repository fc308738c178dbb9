"""Whether anybody is looking at what arrives."""

import time
from collections.abc import Callable

# Between two questions of a person, or of a page that asks by itself.
ATTENTION_SECONDS = 60.0


class Audience:
    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._asked = float("-inf")

    def asked(self) -> None:
        """Somebody asks a question."""
        self._asked = self._clock()

    @property
    def present(self) -> bool:
        return self._clock() - self._asked < ATTENTION_SECONDS
