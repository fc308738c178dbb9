"""Free text: words and phrases in a lower-case column with a text index.

A word is a run of letters and digits, as the index's `splitByNonAlpha` tokenizer cuts them: what is beyond ASCII counts
as a letter.
"""

import re

from trivet.query.filter.condition import Parameters
from trivet.query.filter.kinds import both

LETTER = r"a-z0-9\x{80}-\x{10FFFF}"


def words_of(text: str) -> list[str]:
    """The words of a text as the index has them."""
    return re.findall(r"[a-z0-9\x80-\U0010ffff]+", text.lower())


def contains(column: str, text: str, prefix: bool, bound: Parameters) -> str:
    """The column has these words one after the other; with `prefix`, the last of them begins one."""
    words = words_of(text)
    if not words:
        return f"position({column}, {bound.bind(text)}) > 0"
    whole = words[:-1] if prefix else words
    parts = [f"hasAllTokens({column}, {bound.bind(whole, 'Array(String)')})"] if whole else []
    if len(words) > 1 or prefix:
        # The index finds where all the words are; whether they stand side by side is read there.
        phrase = f"[^{LETTER}]+".join(words)
        end = "" if prefix else f"(?:$|[^{LETTER}])"
        parts.append(f"match({column}, {bound.bind(f'(?:^|[^{LETTER}]){phrase}{end}')})")
    return both(*parts)
