"""Which calls of a library matter: those that send, receive or ask somebody outside, and among them the narrow place
that the others go through."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from trivet.instrument.new import words
from trivet.instrument.new.calls import Offered

Kind = Literal["producer", "consumer", "client"]

MOST = 6  # rules that a new file has
MOST_OF_ONE = 2  # of one class, or of a module's functions
ENOUGH = 6  # points
MOST_FUNNEL = 3  # points for being called by the others beside it


@dataclass(frozen=True, slots=True)
class Choice:
    """`through` is the chosen call that this one only hands on to."""

    call: Offered
    kind: Kind
    points: int
    because: tuple[str, ...]
    through: str = ""


def choose(offered: Iterable[Offered]) -> tuple[list[Choice], list[Choice]]:
    """What gets a rule, and what else was worth a look; the most telling first."""
    weighed = [_weighed(call) for call in offered if _is_there(call)]
    likely = [choice for choice in weighed if choice is not None]
    ranked = sorted((_as_funnel(each, likely) for each in likely), key=lambda each: (-each.points, each.call.target))
    enough = [each for each in ranked if each.points >= ENOUGH]
    chosen = _spread([each for each in enough if not _through(each, enough)])
    return chosen, [_handed_on(each, chosen) for each in enough if each not in chosen]


def _spread(ranked: list[Choice]) -> list[Choice]:
    of_one: Counter[object] = Counter()
    chosen = []
    for each in ranked:
        of_one[_home(each.call)] += 1
        if of_one[_home(each.call)] <= MOST_OF_ONE and len(chosen) < MOST:
            chosen.append(each)
    return chosen


def _home(call: Offered) -> object:
    return call.owner or call.module


def _is_there(call: Offered) -> bool:
    """Where a rule would look for it."""
    try:
        return attrgetter(call.path)(sys.modules[call.module]) is not None
    except (AttributeError, KeyError):
        return False


def _weighed(call: Offered) -> Choice | None:
    """None where the name says nothing of sending, receiving or asking."""
    said, names = words.split(call.name), [each.name for each in call.parameters]
    kind = _kind(call, said)
    if kind is None:
        return None
    named = [n for n in names if n in words.TELLS_OF_IO]
    hints = (
        (2 if len(said) == 1 else 1, True, f"named {call.name}"),
        (3, call.exported, "exported by the package"),
        (2, bool(named), f"takes {', '.join(named)}"),
        (2, kind != "client" and words.has(names, words.TELLS_OF_MESSAGES), "takes a message"),
        (1, call.is_async, "async"),
        (2, _class_kind(call) == kind, f"of {call.owner.__name__ if call.owner else ''}"),
        (2, words.has(call.calls, words.REACHES), "reaches outside"),
    )
    held = [(worth, reason) for worth, holds, reason in hints if holds]
    return Choice(call, kind, sum(worth for worth, _ in held), tuple(reason for _, reason in held))


def _kind(call: Offered, said: list[str]) -> Kind | None:
    of_class = _class_kind(call)
    if said[-1] in words.OUTCOMES:
        return None
    if of_class != "consumer" and words.has(said[:1], words.PRODUCES):
        return "producer" if of_class == "producer" or _carries_message(call) else "client"
    if of_class == "producer" and said[:1] and said[0] in ("add", "put", "apply"):
        return "producer"
    if of_class != "client" and words.has(said, words.CONSUMES):
        return "consumer" if of_class == "consumer" or _carries_message(call) else None
    asks = words.has(said[:1], words.ASKS) and (len(said) == 1 or said[0] not in words.OFTEN_ACCESSORS)
    return "client" if asks and of_class != "consumer" else None


def _class_kind(call: Offered) -> str | None:
    said = words.split(call.owner.__name__) if call.owner else []
    for kind, known in words.CLASSES.items():
        if any(word in known for word in said):
            return kind
    return None


def _carries_message(call: Offered) -> bool:
    return words.has((each.name for each in call.parameters), words.TELLS_OF_MESSAGES)


def _as_funnel(choice: Choice, others: list[Choice]) -> Choice:
    callers = sum(_beside(each, choice) and choice.call.name in each.call.calls for each in others)
    if callers < 2:
        return choice
    because = (*choice.because, f"{callers} others go through it")
    return Choice(choice.call, choice.kind, choice.points + min(callers, MOST_FUNNEL), because)


def _beside(one: Choice, other: Choice) -> bool:
    return one is not other and _home(one.call) == _home(other.call)


def _through(choice: Choice, others: list[Choice]) -> Choice | None:
    """The better one beside it (of its class, or of its module) that it calls."""
    for other in others:
        if _beside(other, choice) and other.call.name in choice.call.calls and other.points > choice.points:
            return other
    return None


def _handed_on(choice: Choice, chosen: list[Choice]) -> Choice:
    other = _through(choice, chosen)
    through = other.call.target if other else ""
    return Choice(choice.call, choice.kind, choice.points, choice.because, through)
