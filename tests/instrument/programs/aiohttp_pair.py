"""Two services by one program: the front asks the back. `aiohttp_pair.py PORT [BACK]`."""

import logging
import sys

from aiohttp import ClientSession, web

log = logging.getLogger("pair")


async def ready(request: web.Request) -> web.Response:
    return web.Response(text="ready")


async def front(request: web.Request) -> web.Response:
    async with ClientSession() as session, session.get(f"{sys.argv[2]}/back/7") as answer:
        log.warning("the back says %s", answer.status)
        return web.Response(text=await answer.text())


async def back(request: web.Request) -> web.Response:
    log.warning("asked for %s", request.match_info["item"])
    return web.Response(text=request.match_info["item"])


app = web.Application()
app.add_routes([web.get("/ready", ready), web.get("/front", front), web.get("/back/{item}", back)])
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
