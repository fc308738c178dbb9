"""The shop's front: what customers' browsers talk to."""

import logging

from opentelemetry import metrics

import trivet
from trivet.demo.http_spans import Answer, call, serve
from trivet.demo.service import begin, serve_forever

logger = logging.getLogger("web")
uploads = metrics.get_meter("web").create_counter("shop.uploads", unit="{upload}", description="Uploads taken.")

api = ""


def upload(account: int, title: str, codec: str, size: int) -> Answer:
    with trivet.span("check session", account=account):
        plan = call(api, "GET", f"/accounts/{account}")["plan"]
    trivet.wide(**{"user.id": account, "user.plan": plan, "video.bytes": size, "video.codec": codec})
    video = call(api, "POST", "/videos", {"account": account, "title": title, "codec": codec, "size": size})
    uploads.add(1, {"user.plan": plan})
    logger.info("upload of %r accepted as video %s", title, video["id"], extra={"video.id": video["id"]})
    return video


def search(q: str) -> Answer:
    found = call(api, "GET", f"/search?q={q}")
    trivet.wide(**{"search.text": q, "search.found": len(found["videos"])})
    return found


def video(id: str) -> Answer:
    return call(api, "GET", f"/videos/{id}")


def main() -> None:
    global api
    api = begin("web").api
    serve_forever(serve({"POST /videos": upload, "GET /search": search, "GET /videos/{id}": video}))


if __name__ == "__main__":
    main()
