"""Apps that fail: what their servers say of it."""

from fastapi import FastAPI
from flask import Flask
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def ready(request: Request) -> PlainTextResponse:
    return PlainTextResponse("yes")


async def fail(request: Request) -> PlainTextResponse:
    raise ValueError("no decoder")


starlette = Starlette(routes=[Route("/ready", ready), Route("/fail", fail)])
fastapi = FastAPI(routes=[Route("/ready", ready)])
fastapi.get("/fail")(fail)
flask = Flask(__name__)


@flask.get("/ready")
def say_yes() -> str:
    return "yes"


@flask.get("/fail")
def fail_too() -> str:
    flask.config["PROPAGATE_EXCEPTIONS"] = True
    raise ValueError("no decoder")
