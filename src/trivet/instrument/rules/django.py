"""Django: a server span for each request through its handlers, WSGI and ASGI; a run of migrations, and each in it."""

from dataclasses import replace
from typing import Any

from opentelemetry.trace import get_current_span

from trivet.instrument.carriers import extracted, fresh
from trivet.instrument.http import SERVER_DURATION, client_name, named, server_request, server_response
from trivet.instrument.kit import SERVER, Aside, Call, Wrap


def _headers(request: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _about(call: Call) -> dict[str, Any]:
    request = call.get("request")
    query = request.META.get("QUERY_STRING", "")
    attributes = server_request(request.method, request.scheme, request.path, query, _headers(request))
    client = request.META.get("REMOTE_ADDR")
    return {**attributes, "client.address": client} if client else attributes


def _after(call: Call, response: Any) -> dict[str, Any]:
    request, said = call.get("request"), server_response(response.status_code)
    match = getattr(request, "resolver_match", None)
    if match is None:
        return said
    route = f"/{match.route.lstrip('/')}"
    get_current_span().update_name(named(request.method, route))
    return {**said, "http.route": route}


_request = Wrap(
    "django.core.handlers.base:BaseHandler.get_response",
    name=lambda call: client_name(call.get("request").method),
    kind=SERVER,
    parent=lambda call: extracted(_headers(call.get("request"))) or fresh(),
    attributes=_about,
    after=_after,
    duration=SERVER_DURATION,
)

_migration = Wrap(
    "django.db.migrations.migration:Migration.apply",
    name=lambda call: f"migrate {call.self.app_label}.{call.self.name}",
    attributes=lambda call: {"django.migration.app": call.self.app_label, "django.migration.name": call.self.name},
)

RULES = (
    Wrap("django.db.migrations.executor:MigrationExecutor.migrate", name="migrate"),
    _migration,
    replace(
        _migration,
        target="django.db.migrations.migration:Migration.unapply",
        name=lambda call: f"unmigrate {call.self.app_label}.{call.self.name}",
    ),
    _request,
    replace(_request, target="django.core.handlers.base:BaseHandler.get_response_async"),
    # What a view raises becomes a page here, inside the request's span.
    Aside(
        "django.core.handlers.exception:response_for_exception",
        run=lambda call: get_current_span().record_exception(call.get("exc")),
    ),
)
