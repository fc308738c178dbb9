"""The company's customers: what they do next is decided by a seed, when by a rhythm of quiet and busy times."""

import math
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from trivet.demo.tables import ACCOUNTS, VIDEOS

RHYTHM_SECONDS = 40.0
QUIET, BUSY = 1.5, 6.0  # visits a second
BURST = 6  # uploads at once, when a team has had its meeting
SHARES = {"upload": 0.18, "video": 0.4, "account": 0.25, "billing": 0.15, "burst": 0.02}
BROKEN = 0.08  # of the recordings are no videos
WRONG = 0.05  # of the links lead nowhere
PATIENCE_SECONDS = 20.0  # that a customer waits for an answer, and for a video to be ready
LOOK_SECONDS = 0.5
AT_ONCE = 32
SUBJECTS = ("onboarding", "sprint review", "bug report", "release", "lesson", "interview", "demo", "stand-up")


class Customers:
    """Uninstrumented on purpose, as browsers mostly are: traces begin in `web`. The first of `recordings` is broken."""

    def __init__(self, web: str, recordings: Sequence[bytes], seed: int, calm: bool):
        self.first_upload = threading.Event()  # an upload has become a video
        self._client = httpx.Client(
            base_url=web,
            timeout=PATIENCE_SECONDS,
            trust_env=False,
            headers={"connection": "close"},  # no two customers share a browser
            limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=0),
        )
        self._recordings = recordings
        self._calm = calm
        self._dice = random.Random(seed)
        self._leaving = threading.Event()
        self._visits = ThreadPoolExecutor(AT_ONCE)
        self._coming = threading.Thread(target=self._come)

    def start(self) -> None:
        self._coming.start()

    def stop_coming(self) -> None:
        self._leaving.set()
        self._coming.join()
        self._visits.shutdown(wait=False, cancel_futures=True)

    def leave(self) -> None:
        """Once their requests have been answered, or cut off."""
        self._visits.shutdown()
        self._client.close()

    def _come(self) -> None:
        self._visits.submit(self._visit, self._one_upload())
        started = time.monotonic()
        while not self._leaving.wait(self._dice.expovariate(rate(time.monotonic() - started))):
            for act in self._next():
                self._visits.submit(self._visit, act)

    def _next(self) -> Sequence[Callable[[], None]]:
        """All that chance decides about a visit is decided here, by one thread, in one order."""
        [mood] = self._dice.choices(list(SHARES), list(SHARES.values()))
        if mood == "burst":
            return [self._one_upload() for _ in range(BURST)]
        if mood == "upload":
            return [self._one_upload()]
        wrong = self._dice.random() < WRONG and not self._calm
        number = self._dice.randint(1, VIDEOS if mood == "video" else ACCOUNTS) + (10**6 if wrong else 0)
        path = {"video": f"/videos/{number}", "account": f"/accounts/{number}", "billing": f"/billing/{number}"}[mood]
        return [lambda: self._ask("GET", path)]

    def _one_upload(self) -> Callable[[], None]:
        account, subject = self._dice.randint(1, ACCOUNTS), self._dice.choice(SUBJECTS)
        broken = self._dice.random() < BROKEN and not self._calm
        recording = self._recordings[0 if broken else self._dice.randint(1, len(self._recordings) - 1)]
        return lambda: self._upload(account, subject, recording)

    def _visit(self, act: Callable[[], None]) -> None:
        try:
            act()
        except httpx.HTTPError:  # the company is slow, or closing: come back another time
            pass

    def _ask(self, method: str, path: str, content: bytes | None = None, headers: dict | None = None) -> dict:
        answer = self._client.request(method, path, content=content, headers=headers)
        return answer.json() if answer.is_success else {}

    def _upload(self, account: int, title: str, recording: bytes) -> None:
        headers = {"x-account": str(account), "content-type": "video/mp4"}
        video = self._ask("POST", f"/uploads?title={title}", recording, headers)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while video and time.monotonic() < deadline and not self._leaving.wait(LOOK_SECONDS):
            video = self._ask("GET", f"/videos/{video['id']}")
            if video.get("state") == "ready":
                return self.first_upload.set()


def rate(seconds: float) -> float:
    """Visits a second, this long after opening: a wave between quiet and busy."""
    wave = (1 - math.cos(2 * math.pi * seconds / RHYTHM_SECONDS)) / 2
    return QUIET + (BUSY - QUIET) * wave
