"""redis: commands and pipelines. A command that only waits for work (`BLPOP`, `XREAD`) begins no trace of its own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from opentelemetry.trace import get_current_span

from trivet.instrument.kit import CLIENT, Call, Wrap

WAITING = {
    "BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "XREAD", "XREADGROUP", "WAIT",
    "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "PING", "CLIENT", "HELLO",
}  # fmt: skip
LONGEST = 500  # characters of a statement; values stay out of it


def _command(call: Call) -> str:
    word = call.args[1] if len(call.args) > 1 else ""
    return (word.decode("latin-1") if isinstance(word, bytes) else str(word)).upper()


def _about(client: Any, operation: str, text: str) -> dict[str, Any]:
    where = client.connection_pool.connection_kwargs
    attributes = {
        "db.system.name": "redis", "db.namespace": str(where.get("db") or 0), "db.operation.name": operation,
        "db.query.text": text[:LONGEST], "server.address": where.get("host"), "server.port": where.get("port"),
    }  # fmt: skip
    return {name: value for name, value in attributes.items() if value is not None}


def _keys(words: Sequence[Any]) -> str:
    """The command and its first key: the rest may be anybody's data."""
    shown = [word.decode("latin-1") if isinstance(word, bytes) else str(word) for word in words[:2]]
    return " ".join([*shown, *("?" for _ in words[2:])])


def _sends(call: Call) -> bool:
    return _command(call).partition(" ")[0] not in WAITING or get_current_span().get_span_context().is_valid


def _pipeline(call: Call) -> dict[str, Any]:
    # A pipeline keeps what it was told in `command_stack`: tuples of arguments and options.
    stack = list(call.self.command_stack)
    words = [getattr(each, "args", each[0] if isinstance(each, tuple) else each) for each in stack]
    about = _about(call.self, "PIPELINE", "\n".join(map(_keys, words)))
    return {**about, "db.operation.batch.size": len(stack)}


_one = Wrap(
    "redis.client:Redis.execute_command",
    name=_command,
    kind=CLIENT,
    family="redis",
    when=_sends,
    attributes=lambda call: _about(call.self, _command(call), _keys(call.args[1:])),
)
_many = Wrap(
    "redis.client:Pipeline.execute",
    name="PIPELINE",
    kind=CLIENT,
    family="redis",
    when=lambda call: bool(call.self.command_stack),
    attributes=_pipeline,
)

RULES = (
    _one,
    _many,
    replace(_one, target="redis.asyncio.client:Redis.execute_command"),
    replace(_many, target="redis.asyncio.client:Pipeline.execute"),
)
