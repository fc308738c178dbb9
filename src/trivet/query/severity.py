"""Severities of log records: OpenTelemetry's numbers, six words for them, and the words that loggers use.

Four numbers to a word (1-4 trace … 21-24 fatal). https://opentelemetry.io/docs/specs/otel/logs/data-model/#severity-fields
Where the number is 0 the text decides.
"""

WORDS = ("trace", "debug", "info", "warn", "error", "fatal")

# As loggers of many languages write them, in lower case.
TEXTS = {
    "trace": ("trace", "finest", "finer", "verbose", "all"),
    "debug": ("debug", "fine", "config", "dbg"),
    "info": ("info", "information", "informational", "notice", "success"),
    "warn": ("warn", "warning"),
    "error": ("error", "err", "severe"),
    "fatal": ("fatal", "critical", "crit", "alert", "emerg", "emergency", "panic"),
}
_WORD_OF_TEXT = {text: word for word, texts in TEXTS.items() for text in texts}


def lowest(word: str) -> int:
    """The smallest number of a word."""
    return 1 + 4 * WORDS.index(word)


def word(number: int, text: str) -> str | None:
    """The word for a record, or None when neither number nor text says."""
    if 1 <= number <= 24:
        return WORDS[(number - 1) // 4]
    return _WORD_OF_TEXT.get(text.lower()) if number == 0 else None
