"""The accounts service on a real PostgreSQL."""

import asyncio
import importlib
from collections.abc import Iterator
from types import ModuleType

import httpx
import pytest
from sqlalchemy import text

from trivet.demo.postgres import Postgres
from trivet.demo.tables import QUOTA


class Asked:
    """The service, asked without a network in between."""

    def __init__(self, module: ModuleType):
        self.module = module

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, None))

    def post(self, path: str, json: dict) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, json))

    def patch(self, path: str, json: dict) -> httpx.Response:
        return asyncio.run(self._ask("PATCH", path, json))

    async def _ask(self, method: str, path: str, json: dict | None) -> httpx.Response:
        transport = httpx.ASGITransport(self.module.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://accounts") as client:
            return await client.request(method, path, json=json)


@pytest.fixture(scope="module")
def accounts(postgres: Postgres) -> Iterator[Asked]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", postgres.url)
        module = importlib.reload(importlib.import_module("trivet.demo.accounts"))
    yield Asked(module)
    module.engine.dispose()


def used(accounts: Asked, id: int) -> int:
    return accounts.get(f"/accounts/{id}").json()["used"]


def test_an_upload_counts_on_the_account_and_so_do_its_renditions(accounts: Asked):
    video = accounts.post("/accounts/5/videos", json={"title": "lesson", "bytes": 1000}).json()
    assert (video["account"], video["state"], used(accounts, 5)) == (5, "new", 1000)
    done = accounts.patch(f"/videos/{video['id']}", json={"state": "ready", "bytes": 300})
    assert done.json()["state"] == accounts.get(f"/videos/{video['id']}").json()["state"] == "ready"
    assert used(accounts, 5) == 1300


def test_an_upload_over_the_quota_is_refused_and_leaves_nothing(accounts: Asked):
    assert accounts.post("/accounts/6/videos", json={"title": "film", "bytes": QUOTA + 1}).status_code == 402
    assert used(accounts, 6) == 0


@pytest.mark.parametrize("path", ["/accounts/99999999", "/videos/99999999"])
def test_what_is_not_there_is_said(accounts: Asked, path: str):
    assert accounts.get(path).status_code == 404
    assert path.rpartition("/")[2] in accounts.get(path).json()["detail"]


def test_usage_adds_up_the_account(accounts: Asked):
    with accounts.module.engine.connect() as connection:
        wanted = connection.execute(text("SELECT count(*), sum(bytes) FROM videos WHERE account = 7920")).one()
    assert accounts.get("/accounts/7920/usage").json() == {"videos": wanted[0], "bytes": wanted[1]}
    assert wanted[0] > 0


def test_a_pool_that_has_run_dry_is_said(accounts: Asked, monkeypatch: pytest.MonkeyPatch):
    pool = accounts.module.engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.1)
    held = [pool.connect() for _ in range(accounts.module.CONNECTIONS)]
    answer = accounts.get("/accounts/1")
    for connection in held:
        connection.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
