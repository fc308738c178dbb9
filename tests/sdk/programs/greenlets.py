"""Spans in greenlets, with Trivet started before or after gevent has patched: `greenlets.py ENDPOINT before|after`."""

import sys

import trivet

if sys.argv[2] == "before":
    trivet.start("greenlets", sys.argv[1])

from gevent import monkey

monkey.patch_all()

import time  # noqa: E402

import gevent  # noqa: E402

if sys.argv[2] == "after":
    trivet.start("greenlets", sys.argv[1])


def work(number: int) -> None:
    with trivet.span("outer", n=number):
        gevent.sleep(0.02)
        with trivet.span("inner", n=number):
            time.sleep(0.02)


started = time.monotonic()
gevent.joinall([gevent.spawn(work, number) for number in range(50)])
print(f"took {time.monotonic() - started}")
