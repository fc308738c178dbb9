"""The shop's business: accounts, videos, and the queue that the workers take from."""

import json
import logging
import sqlite3

from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind

from trivet.demo.database import Database
from trivet.demo.http_spans import Answer, Failed, serve
from trivet.demo.service import begin, serve_forever

logger = logging.getLogger("api")
tracer = trace.get_tracer(__name__)


class Shop:
    def __init__(self, database: Database):
        self.database = database

    def account(self, id: str) -> Answer:
        rows = self.database.run("SELECT id, email, plan, quota FROM accounts WHERE id = ?", int(id))
        if not rows:
            raise Failed(404, f"there is no account {id}")
        return dict(rows[0])

    def create_video(self, account: int, title: str, codec: str, size: int) -> Answer:
        self._check_quota(account, size)
        try:
            with self.database.transaction():
                [row] = self.database.run(
                    "INSERT INTO videos (account, title, codec, bytes, state) VALUES (?, ?, ?, ?, 'new') RETURNING id",
                    account, title, codec, size,
                )  # fmt: skip
                self._publish(row["id"])
        except sqlite3.OperationalError as error:
            logger.error("video %r is not stored: %s", title, error, extra={"account": account})
            raise Failed(503, f"try again later: {error}") from error
        return {"id": row["id"], "state": "new"}

    def _check_quota(self, account: int, size: int) -> None:
        [used] = self.database.run("SELECT sum(bytes) AS bytes FROM videos WHERE account = ?", account)
        quota = self.account(str(account))["quota"]
        logger.info("account %s uses %s of %s bytes", account, used["bytes"], quota, extra={"account": account})
        if (used["bytes"] or 0) + size > quota:
            raise Failed(402, "the quota is used up")

    def _publish(self, video: int) -> None:
        attributes = {
            "messaging.system": "sqlite", "messaging.destination.name": "transcode", "messaging.operation.type": "send",
        }  # fmt: skip
        with tracer.start_as_current_span("send transcode", kind=SpanKind.PRODUCER, attributes=attributes):
            carrier: dict[str, str] = {}
            propagate.inject(carrier)
            self.database.run("INSERT INTO jobs (video, carrier, attempt) VALUES (?, ?, 1)", video, json.dumps(carrier))

    def search(self, q: str) -> Answer:
        """No index helps `LIKE '%…%'`: the whole table is read."""
        rows = self.database.run("SELECT id, title FROM videos WHERE title LIKE ? ORDER BY title LIMIT 20", f"%{q}%")
        return {"videos": [dict(row) for row in rows]}

    def video(self, id: str) -> Answer:
        rows = self.database.run("SELECT id, title, state FROM videos WHERE id = ?", int(id))
        if not rows:
            raise Failed(404, f"there is no video {id}")
        return dict(rows[0])


def main() -> None:
    shop = Shop(Database(begin("api").directory / "shop.db"))
    routes = {
        "GET /accounts/{id}": shop.account, "POST /videos": shop.create_video,
        "GET /search": shop.search, "GET /videos/{id}": shop.video,
    }  # fmt: skip
    serve_forever(serve(routes))


if __name__ == "__main__":
    main()
