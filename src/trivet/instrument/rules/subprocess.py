"""subprocess, and asyncio's: what a program starts, with its exit status, the end of its errors, and what it cost.

The span lasts from the start of the child to the moment its end is noticed (`wait`, `poll`, `communicate`); it never is
the current one, so what the program does meanwhile is not the child's. The child inherits `TRACEPARENT`.
"""

import os
import re
import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from opentelemetry import propagate
from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context

from trivet import faults
from trivet.instrument.kit import INTERNAL, Aside, Custom, Teller
from trivet.instrument.patch import Patches, dressed
from trivet.instrument.within import suppressed

TAIL_BYTES = 2048
SECRET = re.compile(r"pass|secret|token|key|credential|auth", re.IGNORECASE)
TOLD = "_trivet_told"


@dataclass
class Child:
    span: Span
    before: Any  # what the children have used so far

    def end(self, code: int, errors: bytes | str | None = None) -> None:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.span.set_attributes(
            {
                "process.exit.code": code if code >= 0 else 128 - code,
                "process.cpu.user": max(0.0, used.ru_utime - self.before.ru_utime),
                "process.cpu.system": max(0.0, used.ru_stime - self.before.ru_stime),
                "process.memory.peak": used.ru_maxrss * 1024,  # of the largest child so far, in bytes
            }
        )
        if code:
            self.span.set_status(Status(StatusCode.ERROR, f"exit status {code}" if code > 0 else f"killed by {-code}"))
            if errors:
                text = errors if isinstance(errors, str) else errors.decode("utf-8", "replace")
                self.span.set_attribute("process.stderr.tail", text[-TAIL_BYTES:])
        self.span.end()

    def fail(self, error: BaseException) -> None:
        """It could not be started."""
        self.span.record_exception(error)
        self.span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
        self.span.end()


def words(command: Any) -> list[str]:
    """A command as words, without what follows an option that asks for a secret."""
    parts = [command] if isinstance(command, str | bytes | os.PathLike) else list(command)
    texts = [os.fsdecode(part) for part in parts]
    return ["***" if at and _asks_for_secret(texts[at - 1]) else text for at, text in enumerate(texts)]


def _asks_for_secret(word: str) -> bool:
    return word.startswith("-") and "=" not in word and SECRET.search(word) is not None


def begin(teller: Teller, command: Any) -> Child | None:
    if suppressed("process", INTERNAL):
        return None
    said = words(command)
    name = os.path.basename(said[0].split(" ", 1)[0]) if said else "process"
    attributes = {"process.command_args": said, "process.executable.name": name}
    span = teller.tracer.start_span(name, kind=INTERNAL, attributes=attributes)
    return Child(span, resource.getrusage(resource.RUSAGE_CHILDREN))


def handed_down(span: Span, environ: Mapping[str, str] | None) -> dict[str, str]:
    carrier: dict[str, str] = {}
    propagate.inject(carrier, set_span_in_context(span))
    return {**(os.environ if environ is None else environ), **{k.upper(): v for k, v in carrier.items()}}


def _install(module: ModuleType, patches: Patches, teller: Teller) -> None:
    patches.wrap(module, "Popen.__init__", lambda function: _started(function, teller))
    patches.wrap(module, "Popen.communicate", _communicated)
    patches.wrap(module, "Popen.wait", _noticed)
    patches.wrap(module, "Popen.poll", _noticed)


def _started(function: Callable, teller: Teller) -> Callable:
    def __init__(self: Any, args: Any, *rest: Any, **options: Any) -> None:
        child = None
        try:
            child = begin(teller, args)
            # `env` is the eleventh parameter: whoever gives it by position keeps it as it is.
            if child is not None and len(rest) < 10:
                options["env"] = handed_down(child.span, options.get("env"))
        except Exception as error:
            faults.swallow(error, "instrument")
        try:
            function(self, args, *rest, **options)
        except BaseException as error:
            if child is not None:
                child.fail(error)
            raise
        if child is not None:
            child.span.set_attribute("process.pid", self.pid)
            setattr(self, TOLD, child)

    return dressed(__init__, function)


def _noticed(function: Callable) -> Callable:
    def wait(self: Any, *args: Any, **options: Any) -> Any:
        code = function(self, *args, **options)
        if code is not None:
            _over(self, code)
        return code

    return dressed(wait, function)


def _communicated(function: Callable) -> Callable:
    """It waits by itself, so that what the child wrote to stderr is known when the end is told."""

    def communicate(self: Any, *args: Any, **options: Any) -> Any:
        child, self.__dict__[TOLD] = getattr(self, TOLD, None), None
        try:
            outputs = function(self, *args, **options)
        except BaseException:
            setattr(self, TOLD, child)
            raise
        if child is not None and self.returncode is not None:
            child.end(self.returncode, outputs[1])
        return outputs

    return dressed(communicate, function)


def _over(process: Any, code: int) -> None:
    child = getattr(process, TOLD, None)
    if child is not None:
        setattr(process, TOLD, None)
        child.end(code)


def _install_asyncio(module: ModuleType, patches: Patches, _: Teller) -> None:
    """asyncio starts its children through `Popen`, and waits for them in its own way."""
    patches.wrap(module, "BaseSubprocessTransport._process_exited", _exited)


def _exited(function: Callable) -> Callable:
    def _process_exited(self: Any, returncode: int) -> Any:
        if self._proc is not None:
            _over(self._proc, returncode)
        return function(self, returncode)

    return dressed(_process_exited, function)


def _install_asyncio_process(module: ModuleType, patches: Patches, _: Teller) -> None:
    patches.wrap(module, "Process.communicate", _communicated_async)


def _communicated_async(function: Callable) -> Callable:
    async def communicate(self: Any, *args: Any, **options: Any) -> Any:
        process = self._transport.get_extra_info("subprocess") or self._protocol  # which of uvloop's knows the child
        child = getattr(process, TOLD, None)
        if child is None:
            return await function(self, *args, **options)
        setattr(process, TOLD, None)
        try:
            outputs = await function(self, *args, **options)
        except BaseException:
            setattr(process, TOLD, child)
            raise
        child.end(self.returncode, outputs[1])
        return outputs

    return dressed(communicate, function)


def _install_uvloop(module: ModuleType, patches: Patches, teller: Teller) -> None:
    """uvloop starts its children by itself."""
    for name in ("subprocess_exec", "subprocess_shell"):
        patches.wrap(module, f"Loop.{name}", lambda function: _started_by_loop(function, teller))


def _started_by_loop(function: Callable, teller: Teller) -> Callable:
    async def start(self: Any, protocol_factory: Callable, command: Any, *args: Any, **options: Any) -> Any:
        child = begin(teller, (command, *args))
        if child is None:
            return await function(self, protocol_factory, command, *args, **options)
        options["env"] = handed_down(child.span, options.get("env"))
        try:
            transport, protocol = await function(self, protocol_factory, command, *args, **options)
        except BaseException as error:
            child.fail(error)
            raise
        child.span.set_attribute("process.pid", transport.get_pid())
        setattr(protocol, TOLD, child)
        _listen(transport, protocol)
        return transport, protocol

    return dressed(start, function)


def _listen(transport: Any, protocol: Any) -> None:
    """The loop tells the protocol when the child has ended, which may have been before we could listen."""
    exited = protocol.process_exited

    def process_exited() -> None:
        _over(protocol, transport.get_returncode())
        exited()

    protocol.process_exited = process_exited
    if transport.get_returncode() is not None:
        _over(protocol, transport.get_returncode())


# What the standard library starts to find out about the machine: Celery's worker asks `platform` for its greeting.
ASKS_THE_MACHINE = (
    "platform:_Processor.from_subprocess", "platform:_syscmd_file", "uuid:_get_command_stdout",
    "ctypes.util:_findLib_gcc", "ctypes.util:_findLib_ld", "ctypes.util:_findSoname_ldconfig",
)  # fmt: skip

RULES = (
    *(Aside(target, quiet=("process",), optional=True) for target in ASKS_THE_MACHINE),
    Custom("uvloop", install=_install_uvloop),
    Custom("subprocess", install=_install),
    Custom("asyncio.base_subprocess", install=_install_asyncio),
    Custom("asyncio.subprocess", install=_install_asyncio_process),
)
