"""A shop under gunicorn, its stock in SQLite."""

import logging
import sqlite3

from flask import Flask

app = Flask(__name__)
log = logging.getLogger("shop")


@app.get("/stock/<int:item>")
def stock(item: int) -> dict[str, int]:
    connection = sqlite3.connect(":memory:")
    count = connection.cursor().execute("SELECT ?", (item,)).fetchone()[0]
    log.warning("stock of %s", item)
    return {"count": count}


@app.get("/ready")
def ready() -> str:
    return "ready"
