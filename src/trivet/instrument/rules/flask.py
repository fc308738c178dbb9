"""Flask: a server span for each request, until the last byte of the answer has been handed to the server."""

from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

from opentelemetry.trace import get_current_span

from trivet.instrument.carriers import fresh, from_environ
from trivet.instrument.http import SERVER_DURATION, client_name, named, server_request, server_response
from trivet.instrument.kit import SERVER, Call, Custom, Teller, Told, Wrap
from trivet.instrument.patch import Patches, dressed
from trivet.instrument.within import suppressed

STATUS, ROUTE = "trivet.status", "trivet.route"


def about(environ: dict[str, Any]) -> dict[str, Any]:
    """What a WSGI environ says of a request."""
    headers = {name[5:].replace("_", "-").lower(): text for name, text in environ.items() if name.startswith("HTTP_")}
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    attributes = server_request(
        environ["REQUEST_METHOD"], environ["wsgi.url_scheme"], path, environ.get("QUERY_STRING", ""), headers
    )
    client = environ.get("REMOTE_ADDR")
    return {**attributes, "client.address": client} if client else attributes


_request = Wrap(
    "flask.app:Flask.wsgi_app",
    name=lambda call: client_name(call.get("environ")["REQUEST_METHOD"]),
    kind=SERVER,
    parent=lambda call: from_environ(call.get("environ")) or fresh(),
    attributes=lambda call: about(call.get("environ")),
    duration=SERVER_DURATION,
)


class Answer:
    """The body of an answer; it ends when the server has taken all of it, or closes it."""

    def __init__(self, body: Iterable[bytes], told: Told, environ: dict[str, Any]):
        self._body = body
        self._told = told
        self._environ = environ
        self._over = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self._body
        self._end()

    def close(self) -> None:
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            self._end()

    def _end(self) -> None:
        if self._over:
            return
        self._over = True
        said = server_response(self._environ.get(STATUS, 0))
        if ROUTE in self._environ:
            said["http.route"] = self._environ[ROUTE]
        self._told.leave(said)


def _install(module: ModuleType, patches: Patches, teller: Teller) -> None:
    patches.wrap(module, "Flask.wsgi_app", lambda function: _serving(function, teller))
    patches.wrap(module, "Flask.full_dispatch_request", lambda function: _routed(function, module))


def _serving(function: Callable, teller: Teller) -> Callable:
    def wsgi_app(self: Any, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        call = Call({"environ": 1}, (self, environ, start_response), {})
        told = None if suppressed("", SERVER) or STATUS in environ else teller.begin(_request, call)
        if told is None:
            return function(self, environ, start_response)
        environ[STATUS] = 0

        def start(status: str, *rest: Any) -> Any:
            environ[STATUS] = int(status.partition(" ")[0])
            return start_response(status, *rest)

        try:
            return Answer(function(self, environ, start), told, environ)
        except BaseException as error:
            told.fail(error)
            raise

    return dressed(wsgi_app, function)


def _routed(function: Callable, module: ModuleType) -> Callable:
    """Inside Flask's own contexts the route is known; what a view raises is told before it becomes a page."""

    def full_dispatch_request(self: Any, *args: Any) -> Any:
        request, span = module.request, get_current_span()
        if request.url_rule is not None:
            request.environ[ROUTE] = request.url_rule.rule
            span.update_name(named(request.method, request.url_rule.rule))
        try:
            return function(self, *args)
        except Exception as error:
            span.record_exception(error)
            raise

    return dressed(full_dispatch_request, function)


RULES = (Custom("flask.app", install=_install),)
