"""The accounts service: who the customers are, and what they have uploaded."""

import logging
import os
from collections.abc import Iterator
from typing import Annotated, TypeVar

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import create_engine, func, select, update
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from trivet.demo.tables import Account, Video

logger = logging.getLogger("accounts")

CONNECTIONS = 30  # at most; a request holds one, and one of Starlette's forty threads, until it is answered
POOL_SECONDS = 10.0  # that a request waits for one of them
STATEMENT_SECONDS = 60  # then PostgreSQL ends it: whoever asked has gone long ago

engine = create_engine(
    os.environ["DATABASE_URL"], pool_size=CONNECTIONS, max_overflow=0, pool_timeout=POOL_SECONDS,
    connect_args={"application_name": "accounts", "options": f"-c statement_timeout={STATEMENT_SECONDS}s"},
)  # fmt: skip
app = FastAPI(title="accounts")


def session() -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as made:
        yield made


Database = Annotated[Session, Depends(session)]
Row = TypeVar("Row")


class NewVideo(BaseModel):
    title: str
    bytes: int


class Transcoded(BaseModel):
    state: str
    bytes: int = 0


@app.exception_handler(NoConnection)
def out_of_connections(request: Request, error: NoConnection) -> JSONResponse:
    logger.error("no connection free: all %s have been in use for %.0f s", CONNECTIONS, POOL_SECONDS)
    return JSONResponse({"detail": "the database is busy"}, 503, {"Retry-After": "5"})


@app.get("/accounts/{id}")
def read_account(id: int, database: Database) -> dict:
    account = _found(database.get(Account, id), f"there is no account {id}")
    return {"id": account.id, "plan": account.plan, "quota": account.quota, "used": account.used}


@app.get("/accounts/{id}/usage")
def read_usage(id: int, database: Database) -> dict:
    videos, total = database.execute(
        select(func.count(), func.coalesce(func.sum(Video.bytes), 0)).where(Video.account == id)
    ).one()
    return {"videos": videos, "bytes": int(total)}


@app.post("/accounts/{id}/videos")
def add_video(id: int, new: NewVideo, database: Database) -> dict:
    account = database.execute(
        update(Account).where(Account.id == id).values(used=Account.used + new.bytes).returning(Account)
    ).scalar_one_or_none()
    if _found(account, f"there is no account {id}").used > account.quota:
        logger.warning("account %s is over its quota of %s bytes", id, account.quota)
        raise HTTPException(402, "the quota is used up")
    video = Video(account=id, title=new.title, bytes=new.bytes, state="new")
    database.add(video)
    database.commit()
    logger.info("%s bytes are kept for video %s of account %s", new.bytes, video.id, id)
    return _shown(video)


@app.get("/videos/{id}")
def read_video(id: int, database: Database) -> dict:
    return _shown(_found(database.get(Video, id), f"there is no video {id}"))


@app.patch("/videos/{id}")
def finish_video(id: int, done: Transcoded, database: Database) -> dict:
    """What the workers made of it; the account pays for the renditions too."""
    video = _found(database.get(Video, id), f"there is no video {id}")
    video.state = done.state
    database.execute(update(Account).where(Account.id == video.account).values(used=Account.used + done.bytes))
    database.commit()
    logger.info("video %s is %s", id, done.state)
    return _shown(video)


def _found(row: Row | None, otherwise: str) -> Row:
    if row is None:
        raise HTTPException(404, otherwise)
    return row


def _shown(video: Video) -> dict:
    return {"id": video.id, "account": video.account, "title": video.title, "state": video.state}
