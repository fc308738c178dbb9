"""The API's words for OTLP's enumerations; a number that we do not know is the first of them."""

KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
STATUSES = ("unset", "ok", "error")
TEMPORALITIES = (None, "delta", "cumulative")


def kind(number: int) -> str:
    return KINDS[number] if 0 <= number < len(KINDS) else KINDS[0]


def status(number: int) -> str:
    return STATUSES[number] if 0 <= number < len(STATUSES) else STATUSES[0]
