"""`trivet run --explain`: what a program would be sent as, and where to."""

from collections.abc import Mapping, Sequence

from trivet.sdk.endpoint import targets
from trivet.sdk.resource import service_name
from trivet.settings import AppSettings


def explain(command: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """What would be sent where and as whom, a line each."""
    settings, problems = AppSettings.load({}, environ)
    lines = [f"problem: {problem}" for problem in problems]
    try:
        found = targets(settings, environ, "TRIVET_ENDPOINT" in environ)
        lines += [f"{signal}: {target}" for signal, target in found.items()]
    except ValueError as error:
        lines.append(f"problem: {error}")
    name = settings.service or service_name(environ, command)
    return [*lines, f"service.name: {name}"]
