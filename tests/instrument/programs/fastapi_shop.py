"""A shop: its orders in PostgreSQL, what they cost asked of another service, the answer kept in Redis."""

import logging
import os

import httpx
import redis.asyncio
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

app = FastAPI()
log = logging.getLogger("shop")
engine = create_async_engine(os.environ["DATABASE"])
cache = redis.asyncio.Redis.from_url(os.environ["REDIS"])


@app.get("/orders/{order}")
async def order(order: int) -> dict[str, int]:
    async with engine.connect() as connection:
        amount = (
            await connection.execute(text("SELECT amount FROM orders WHERE id = :id"), {"id": order})
        ).scalar_one()
    async with httpx.AsyncClient(base_url=os.environ["SHOP"]) as client:
        price = (await client.get("/prices")).json()["price"]
    await cache.set(f"total:{order}", amount * price)
    log.info("order %s", order)
    return {"total": amount * price}


@app.get("/prices")
def prices() -> dict[str, int]:
    log.info("asked for the price")
    return {"price": 7}


@app.get("/ready")
async def ready() -> dict[str, bool]:
    """A first connection asks the server who it is; what is looked at in a test comes later."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    return {"ready": True}
