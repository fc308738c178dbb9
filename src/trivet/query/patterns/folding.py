"""Texts with what varies taken out → patterns: those that differ in a word that takes many values are one.

What has a digit in it was taken out before, in the store. Of the rest, texts of equally many words that agree in all
but one place are folded there, when at least `MANY` differ so: `user alice left` and `user bob left` and so on are
`user <*> left`, while `cache hit` and `cache miss` stay two. This is done until nothing folds any more, since folding
one place brings others together. (Drain, by He et al. 2017, folds whatever agrees in half of its words; that also
folds what people want to keep apart. https://doi.org/10.1109/ICWS.2017.13)
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable

WILD = "<*>"
MANY = 4
# Folding a place takes one round; texts with more places that vary stay apart.
MOST_ROUNDS = 4
MOST_WORDS = 60

_PERCENT = r"%(?:\((\w+)\))?[-#0+]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[diouxXeEfFgGcrsa]"
_BRACES = r"(?<!\{)\{(\w*)[^{}]*\}(?!\})"
_PLACEHOLDER = re.compile(f"{_PERCENT}|{_BRACES}")


def folded(texts: Iterable[str]) -> dict[str, str]:
    """The pattern of each text."""
    words = {text: tuple(text.split(" ")) for text in texts}
    for _ in range(MOST_ROUNDS):
        found = _round(set(words.values()))
        if not found:
            break
        words = {text: found.get(each, each) for text, each in words.items()}
    return {text: " ".join(each) for text, each in words.items()}


def _round(texts: set[tuple[str, ...]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """For texts that fold in one place: what they become, by the place where most do."""
    like: dict[Hashable, list[tuple[str, ...]]] = defaultdict(list)
    for words in texts:
        for place in range(len(words)) if len(words) <= MOST_WORDS else ():
            if words[place] != WILD:
                like[words[:place], words[place + 1 :]].append(words)
    best: dict[tuple[str, ...], tuple[int, tuple[str, ...]]] = {}
    for (before, after), alike in sorted(like.items(), key=repr):
        if len(alike) < MANY or not (set(before) | set(after)) - {WILD}:
            continue
        for words in alike:
            if len(alike) > best.get(words, (0, ()))[0]:
                best[words] = len(alike), (*before, WILD, *after)
    return {words: made for words, (_, made) in best.items()}


def readable(template: str) -> str:
    """A program's own template in the same notation: `took {n} ms` and `took %(n)d ms` are `took <n> ms`."""
    return _PLACEHOLDER.sub(lambda match: f"<{match[1] or match[2] or '*'}>", template).replace("%%", "%")


def expression(pattern: str, *, whole: bool) -> str:
    """A regular expression (RE2) for the texts of a pattern: all of the text, or its beginning."""
    parts = [re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", part) for part in pattern.split(WILD)]
    return "(?s)^" + ".*".join(parts) + ("$" if whole else "")
