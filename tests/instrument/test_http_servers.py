"""Web frameworks: one server span a request, in the caller's trace, named by its route."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, BackgroundTasks, FastAPI, HTTPException
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route
from werkzeug.test import Client as WsgiClient

import trivet
from trivet.testing import Capture

PARENT = f"00-{'ab' * 16}-{'cd' * 8}-01"
log = logging.getLogger("shop")


def ask(app: Any, path: str, **headers: str) -> httpx.Response:
    """Straight into the app, without the client's own span."""

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        response = await transport.handle_async_request(httpx.Request("GET", f"http://shop{path}", headers=headers))
        await response.aread()
        return response

    return asyncio.run(get())


def fastapi_app() -> FastAPI:
    app, router = FastAPI(), APIRouter(prefix="/videos")

    @router.get("/{video}")
    async def video(video: int) -> dict[str, int]:
        log.warning("looking at %s", video)
        with trivet.span("load", video=video):
            return {"video": video}

    @app.get("/gone")
    async def gone() -> None:
        raise HTTPException(404)

    @app.get("/broken")
    def broken() -> None:
        raise ValueError("no decoder")

    @app.get("/later")
    async def later(tasks: BackgroundTasks) -> None:
        tasks.add_task(lambda: trivet.span("afterwards").__enter__().end())

    app.include_router(router)
    return app


def test_fastapi_is_one_span_with_its_route_and_what_happens_inside(told: Capture):
    assert ask(fastapi_app(), "/videos/7?quality=1080", traceparent=PARENT).json() == {"video": 7}
    [span] = [span for span in told.spans if span.kind == "server"]
    assert (span.name, span.trace_id, span.parent_id) == ("GET /videos/{video}", "ab" * 16, "cd" * 8)
    span.has(
        {
            "http.request.method": "GET", "url.scheme": "http", "url.path": "/videos/7",
            "http.route": "/videos/{video}", "server.address": "shop", "http.response.status_code": 200,
        }
    )  # fmt: skip
    told.spans.one("load").under("GET /videos/{video}")
    assert told.logs.one("looking at 7").trace_id == span.trace_id
    assert told.metrics.count("http.server.request.duration", {"http.route": "/videos/{video}"}) == 1


def test_errors_of_the_server_are_errors_and_others_are_not(told: Capture):
    for app in (fastapi_app(), starlette_app()):
        assert [ask(app, path).status_code for path in ("/gone", "/broken", "/nowhere")] == [404, 500, 404]
        assert told.spans.one("GET /gone").error is None
        told.spans.one("GET /broken").failed().has({"http.response.status_code": 500})
        told.spans.one("GET").has({"http.response.status_code": 404})
        told.clear()


def test_background_tasks_belong_to_the_request(told: Capture):
    ask(fastapi_app(), "/later")
    told.spans.one("afterwards").under("GET /later")


def starlette_app() -> Starlette:
    async def hello(request: Any) -> PlainTextResponse:
        return PlainTextResponse("hello")

    async def stream(request: Any) -> StreamingResponse:
        async def parts() -> Any:
            for number in range(3):
                with trivet.span(f"part {number}"):
                    yield b"x"

        return StreamingResponse(parts())

    async def gone(request: Any) -> None:
        raise HTTPException(404)

    async def broken(request: Any) -> None:
        raise ValueError("no decoder")

    routes = [Route("/stream", stream), Route("/", hello), Route("/gone", gone), Route("/broken", broken)]
    mounts = [Mount("/inner", Starlette(routes=[Route("/hello/{name}", hello)])), Mount("/api", fastapi_app())]
    return Starlette(routes=[*routes, *mounts])


def test_mounted_apps_are_part_of_the_same_span(told: Capture):
    ask(starlette_app(), "/inner/hello/you")
    servers = [span for span in told.spans if span.kind == "server"]
    assert [(span.name, span.attributes["http.route"]) for span in servers] == [
        ("GET /inner/hello/{name}", "/inner/hello/{name}")
    ]
    told.clear()
    ask(starlette_app(), "/api/videos/7")
    assert [span.name for span in told.spans if span.kind == "server"] == ["GET /api/videos/{video}"]
    told.clear()
    ask(starlette_app(), "/")
    told.spans.one("GET /")


def test_a_stream_ends_its_span_when_it_has_ended(told: Capture):
    assert ask(starlette_app(), "/stream").content == b"xxx"
    span = told.spans.one("GET /stream")
    assert [child.name for child in span.children] == ["part 0", "part 1", "part 2"]
    assert span.end > max(child.end for child in span.children)


def flask_app() -> Any:
    flask = pytest.importorskip("flask")
    app = flask.Flask("shop")

    @app.get("/videos/<int:video>")
    def video(video: int) -> str:
        log.warning("looking at %s", video)
        return str(video)

    @app.get("/broken")
    def broken() -> None:
        raise ValueError("no decoder")

    @app.get("/stream")
    def stream() -> Any:
        return flask.Response(flask.stream_with_context(part for part in ("a", "b")))

    return app


def django_app() -> Any:
    django = pytest.importorskip("django")
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path

    def video(request: Any, video: int) -> HttpResponse:
        log.warning("looking at %s", video)
        return HttpResponse(str(video))

    def broken(request: Any) -> HttpResponse:
        raise ValueError("no decoder")

    if not settings.configured:
        settings.configure(
            ROOT_URLCONF=(path("videos/<int:video>", video), path("broken", broken)), ALLOWED_HOSTS=["*"],
            SECRET_KEY="tests", LOGGING_CONFIG=None,
        )  # fmt: skip
        django.setup(set_prefix=False)
    return get_wsgi_application()


@pytest.mark.parametrize(
    ("make", "route"), [(flask_app, "/videos/<int:video>"), (django_app, "/videos/<int:video>")]
)  # fmt: skip
def test_wsgi_frameworks(told: Capture, make: Callable[[], Any], route: str):
    client = WsgiClient(make())
    assert client.get("/videos/7?quality=1080", headers={"traceparent": PARENT}).text == "7"
    span = told.spans.one(f"GET {route}").has(
        {
            "http.route": route, "url.path": "/videos/7", "url.query": "quality=1080", "url.scheme": "http",
            "http.response.status_code": 200,
        }
    )  # fmt: skip
    assert (span.kind, span.trace_id, span.parent_id) == ("server", "ab" * 16, "cd" * 8)
    assert told.logs.one("looking at 7").span_id == span.span_id
    assert told.metrics.count("http.server.request.duration", {"http.route": route}) == 1


@pytest.mark.parametrize("make", [flask_app, django_app])
def test_what_a_view_raises_is_told(told: Capture, make: Callable[[], Any]):
    client = WsgiClient(make())
    with client.get("/broken") as response:
        assert response.status_code == 500
    span = told.spans.one("GET /broken").failed().has({"http.response.status_code": 500})
    [event] = span.events
    assert event.attributes["exception.message"] == "no decoder"


def test_no_page_is_no_failure_and_has_no_route(told: Capture):
    for make in (flask_app, django_app):
        WsgiClient(make()).get("/nowhere").close()
    assert [(span.name, span.error) for span in told.spans] == [("GET", None), ("GET", None)]


def test_flask_streams(told: Capture):
    response = WsgiClient(flask_app()).get("/stream", buffered=False)
    assert not told.spans
    assert b"".join(response.response) == b"ab"
    response.close()
    told.spans.one("GET /stream")
