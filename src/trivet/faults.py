"""Our own errors: never the app's problem, always counted, and raised where tests run.

Hot paths carry no guard of their own; the few edges where the app calls us catch, hand the error to `swallow` and go
on.
"""

import logging
import os
from collections import Counter

logger = logging.getLogger("trivet.sdk")
counted: Counter[str] = Counter()


def raising() -> bool:
    """Under pytest an error of ours is a finding; `TRIVET_RAISE` decides otherwise."""
    wish = os.environ.get("TRIVET_RAISE")
    return wish == "1" if wish else "PYTEST_CURRENT_TEST" in os.environ


def swallow(error: BaseException, where: str) -> None:
    """Count `error` under `where` (a part of ours: `span`, `outbox`, …); raise it again under test."""
    counted[where] += 1
    if raising():
        raise error
    logger.debug("trivet: %s failed", where, exc_info=error)


def note(error: BaseException, where: str) -> None:
    """Count what the surroundings did to us (a full disk, somebody else's directory); under test, too, no fault."""
    counted[where] += 1
    logger.debug("trivet: %s: %s", where, error)
