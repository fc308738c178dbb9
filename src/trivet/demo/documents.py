"""The document store of old, which accounts and billing are moving out of: JSON by key, in Redis' second database."""

import json
import random
from collections.abc import Iterator, Sequence

import redis

from trivet.demo.tables import ACCOUNTS

DATABASE = 1
BATCH = 6_000
PLANS = ("free", "free", "team", "pro")


def open_store(url: str) -> redis.Redis:
    return redis.Redis.from_url(f"{url}/{DATABASE}", decode_responses=True)


def fill(store: redis.Redis, seed: int) -> None:
    """A document for each account, in no order. Takes about a second."""
    dice = random.Random(seed)
    numbers = list(range(1, ACCOUNTS + 1))
    dice.shuffle(numbers)
    for first in range(0, ACCOUNTS, BATCH):
        some = numbers[first : first + BATCH]
        store.mset({f"account:{first + place}": json.dumps(_document(number)) for place, number in enumerate(some)})


def _document(number: int) -> dict:
    return {
        "email": f"user{number}@example.com",
        "plan": PLANS[number % 4],
        "seats": 1 + number % 20,
        "card": {"brand": "visa", "last4": f"{number % 10_000:04}"},
    }


def batches(store: redis.Redis) -> Iterator[Sequence[tuple[str, str]]]:
    """Every document with its key, BATCH at a time."""
    for first in range(0, ACCOUNTS, BATCH):
        keys = [f"account:{number}" for number in range(first, min(first + BATCH, ACCOUNTS))]
        yield list(zip(keys, store.mget(keys), strict=True))
