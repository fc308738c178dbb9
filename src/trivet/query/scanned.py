"""What the statements behind one answer read, added up."""

import time
from collections.abc import Iterable

from trivet.query.answers import Scanned
from trivet.store.client import Answer


def total(answers: Iterable[Answer], began: float) -> Scanned:
    """`began` is time.perf_counter() when the question came."""
    read = [answer.scanned for answer in answers]
    ms = round((time.perf_counter() - began) * 1000)
    return Scanned(rows=sum(each.rows for each in read), bytes=sum(each.bytes for each in read), ms=ms)
