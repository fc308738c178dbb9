"""Mutations of recorded bodies for the real HTTP application: some thousands in the tests, a million in the bench."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

SAMPLES = sorted(Path(__file__).parent.parent.parent.glob("samples/*/*.*"))
TYPES = {".pb": "application/x-protobuf", ".json": "application/json"}
ALLOWED = {200, 400, 413, 415, 503}
TOKENS = [
    b"{}",
    b"[]",
    b"null",
    b'"',
    b"\\u",
    b"1e999",
    b"-",
    b"\xff\xff\xff\xff\x0f",
    b"\x0a\x00",
    b"\x80" * 10,
    b"\x0b",
    b"\x0c",
]


@dataclass(slots=True)
class Outcome:
    """How many answers of each status; bodies that got one that is not allowed."""

    answers: Counter[int] = field(default_factory=Counter)
    offenders: list[tuple[int, str, bytes]] = field(default_factory=list)


def mutations(count: int, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """(path, content type, body), the same for the same seed."""
    chance = random.Random(seed)
    bodies = [(sample, sample.read_bytes()) for sample in SAMPLES]
    for _ in range(count):
        sample, body = chance.choice(bodies)
        _, other = chance.choice(bodies)
        mutated = mutated_once(bytearray(body), other, chance)
        for _ in range(chance.randrange(3)):
            mutated = mutated_once(mutated, other, chance)
        yield f"/v1/{sample.stem.rpartition('-')[2]}", TYPES[sample.suffix], bytes(mutated)


def mutated_once(body: bytearray, other: bytes, chance: random.Random) -> bytearray:
    """A flipped bit, a lost or repeated stretch, a cut, another body's stretch, or something known to hurt."""
    start, end = sorted(chance.randrange(len(body) + 1) for _ in range(2))
    match chance.randrange(6):
        case 0 if start < len(body):
            body[start] ^= 1 << chance.randrange(8)
        case 1:
            del body[start:end]
        case 2:
            body[start:start] = body[start:end]
        case 3:
            del body[end:]
        case 4:
            body[start:end] = other[start:end]
        case _:
            body[start:start] = chance.choice(TOKENS)
    return body


def fuzz(url: str, *, count: int, seed: int) -> Outcome:
    outcome = Outcome()
    with httpx.Client(base_url=url, timeout=60) as client:
        for path, content_type, body in mutations(count, seed):
            answer = client.post(path, content=body, headers={"content-type": content_type})
            outcome.answers[answer.status_code] += 1
            if answer.status_code not in ALLOWED:
                outcome.offenders.append((answer.status_code, path, body))
    return outcome
