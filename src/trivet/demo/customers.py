"""The shop's customers: what they do next is decided by a seed, when by a rhythm of quiet and busy times."""

import http.client
import math
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from trivet.demo.database import ACCOUNTS, SUBJECTS, VIDEOS
from trivet.demo.http_spans import send

RHYTHM_SECONDS = 40.0
QUIET, BUSY = 2.0, 8.0  # visits a second
PATIENCE_SECONDS = 15.0  # that a customer waits for a video to be ready
LOOK_SECONDS = 0.3
AT_ONCE = 16


class Customers:
    """Uninstrumented on purpose, as browsers mostly are: traces begin in `web`."""

    def __init__(self, web: str, seed: int, calm: bool):
        self.web = web
        self.uploaded = ""  # the trace of the newest upload that has become a video
        self._calm = calm
        self._dice = random.Random(seed)
        self._leaving = threading.Event()
        self._visits = ThreadPoolExecutor(AT_ONCE)
        self._coming = threading.Thread(target=self._come)

    def start(self) -> None:
        self._coming.start()

    def stop(self) -> None:
        self._leaving.set()
        self._coming.join()
        self._visits.shutdown(cancel_futures=True)

    def _come(self) -> None:
        started = time.monotonic()
        while not self._leaving.wait(self._dice.expovariate(rate(time.monotonic() - started))):
            self._visits.submit(self._visit, self._next())

    def _next(self) -> Callable[[], None]:
        """All that chance decides about a visit is decided here, by one thread, in one order."""
        mood, account = self._dice.random(), self._dice.randint(1, ACCOUNTS)
        if mood < 0.3:
            subject = self._dice.choice(SUBJECTS)
            codec = "hevc10" if self._dice.random() < 0.12 and not self._calm else "h264"
            size = self._dice.randint(10**5, 10**7)
            return lambda: self._upload(account, subject, codec, size)
        if mood < 0.5:
            path = f"/search?q={self._dice.choice(SUBJECTS).partition(' ')[0]}"
        elif mood < 0.97 or self._calm:
            path = f"/videos/{self._dice.randint(1, VIDEOS)}"
        else:
            path = "/videos/latest"  # a link that a newsletter got wrong
        return lambda: self._ask("GET", path)

    def _visit(self, act: Callable[[], None]) -> None:
        try:
            act()
        except (OSError, http.client.HTTPException):  # the shop is slow, or closing: come back another time
            pass

    def _ask(self, method: str, path: str, body: dict | None = None) -> tuple[int, dict, str]:
        """Status, answer and trace id of one request."""
        status, answer, headers = send(self.web, method, path, body, {})
        return status, dict(answer), headers.get("traceresponse", "--").split("-")[1]

    def _upload(self, account: int, title: str, codec: str, size: int) -> None:
        body = {"account": account, "title": title, "codec": codec, "size": size}
        status, video, trace = self._ask("POST", "/videos", body)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while status == 200 and time.monotonic() < deadline and not self._leaving.wait(LOOK_SECONDS):
            status, video, _ = self._ask("GET", f"/videos/{video['id']}")
            if video.get("state") == "ready":
                self.uploaded = trace
            if video.get("state") != "new":
                return


def rate(seconds: float) -> float:
    """Visits a second, this long after opening: a wave between quiet and busy."""
    wave = (1 - math.cos(2 * math.pi * seconds / RHYTHM_SECONDS)) / 2
    return QUIET + (BUSY - QUIET) * wave
