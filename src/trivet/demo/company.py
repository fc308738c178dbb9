"""The company's parts, each started when those that it needs are ready, and stopped in the opposite order."""

import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import create_engine

from trivet.demo import documents, ffmpeg, node, tables
from trivet.demo.leash import Leash
from trivet.demo.postgres import Postgres
from trivet.demo.processes import Process, Recipe
from trivet.demo.redis import Redis

SEED = 7
START_SECONDS = 60.0
WORKERS = 2
TOKENS = ("TRIVET_TOKEN", "TRIVET_INGEST_TOKEN")
URL = r"http://127\.0\.0\.1:\d+"
NODE_OPTIONS = (
    "--import @opentelemetry/auto-instrumentations-node/register"
    " --experimental-loader=@opentelemetry/instrumentation/hook.mjs"  # sees what ES modules import
    " --disable-warning=ExperimentalWarning"
)
# All that makes web report to us: the container's environment. Not a line of its code knows.
WEB_TELEMETRY = {
    "OTEL_SERVICE_NAME": "web",
    "OTEL_LOGS_EXPORTER": "otlp",
    "OTEL_METRICS_EXPORTER": "otlp",
    "OTEL_METRIC_EXPORT_INTERVAL": "5000",
    "OTEL_BSP_SCHEDULE_DELAY": "200",  # ms; a frozen container sends nothing
    "OTEL_BLRP_SCHEDULE_DELAY": "200",
    "OTEL_NODE_RESOURCE_DETECTORS": "env,host,process,serviceinstance",
    "OTEL_NODE_DISABLED_INSTRUMENTATIONS": "fs,dns,net",
    "NODE_OPTIONS": NODE_OPTIONS,
}


class Company:
    """`url` is the server that it reports to; everything that it writes goes into `directory`."""

    def __init__(self, directory: Path, url: str, leash: Leash, stack: ExitStack, say: Callable[[str], None]):
        self.directory = directory
        self.url = url
        self._leash = leash
        self._stack = stack
        self._say = say
        self._environ = environment(os.environ) | {"TRIVET_SPILL_DIR": str(directory / "spill")}

    def open(self) -> str:
        """Starts everything but the migration; the address of web."""
        uploads = self.directory / "uploads"
        uploads.mkdir()
        self._start_stores(node.web(self._say))
        accounts = self._start_accounts()
        self._environ["PATH"] = f"{ffmpeg.install(self.directory / 'bin')}{os.pathsep}{self._environ.get('PATH', '')}"
        for number in range(1, WORKERS + 1):
            self._start_python("worker", "trivet.demo.worker", ready="worker is ready", log=f"worker-{number}")
        self._start_watch()
        self._environ |= {"UPLOADS": str(uploads), "REDIS_PORT": str(self.redis.port), "ACCOUNTS_URL": accounts}
        return self._start_web()

    def _start_stores(self, web: Path) -> None:
        self._say("starting PostgreSQL and Redis")
        self._web = web
        self.redis = Redis(self.directory, self._leash, self._stack)
        self.postgres = Postgres(self.directory, self._leash, self._stack)
        self._environ |= {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.redis.url}
        self._say("opening the company: accounts, videos, documents")
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda fill: fill(), (self._fill_postgres, self._fill_documents)))

    def _fill_postgres(self) -> None:
        engine = create_engine(self.postgres.url)
        tables.create(engine)
        engine.dispose()

    def _fill_documents(self) -> None:
        with documents.open_store(self.redis.url) as store:
            documents.fill(store, SEED)

    def _start_accounts(self) -> str:
        self._say("starting accounts, workers and web")
        options = ("--port", "0", "--no-access-log", "--timeout-keep-alive", "75")
        app = ("uvicorn", "trivet.demo.accounts:app")
        found = self._start_python("accounts", *app, *options, ready=URL).wait_until_ready(START_SECONDS)
        self._environ["ACCOUNTS_URL"] = found
        return found

    def _start_web(self) -> str:
        container = [sys.executable, "-m", "trivet.demo.container", str(node.NODE), "src/server.ts"]
        recipe = Recipe(
            name="web",
            command=container,
            environ=self._environ | WEB_TELEMETRY | {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url},
            ready=URL,
            log=self.directory / "web.log",
            popen={"cwd": self._web},
        )
        return self._run(recipe).wait_until_ready(START_SECONDS)

    def _start_watch(self) -> None:
        command = [
            sys.executable,
            "-m",
            "trivet",
            "watch",
            "postgres",
            self.postgres.dsn,
            "--every",
            "0.5",
            "--endpoint",
            self.url,
        ]
        log = self.directory / "watch.log"
        self._run(Recipe(name="watch", command=command, environ=self._environ, ready="watching", log=log))

    def start_migration(self, calm: bool) -> Process:
        more = ("--calm",) if calm else ()
        return self._start_python("migrate", "trivet.demo.migrate", *more, ready="the migration begins")

    def _start_python(self, service: str, module: str, *arguments: str, ready: str, log: str = "") -> Process:
        trivet = [sys.executable, "-m", "trivet", "run", "--service", service, "--endpoint", self.url]
        command = [*trivet, "--", sys.executable, "-m", module, *arguments]
        path = self.directory / f"{log or service}.log"
        return self._run(Recipe(name=service, command=command, environ=self._environ, ready=ready, log=path))

    def _run(self, recipe: Recipe) -> Process:
        process = Process(recipe, self._leash)
        self._stack.callback(process.stop)
        return process


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Its own: a person's telemetry settings are for their programs, but for the tokens that our server asks."""
    return {
        name: value
        for name, value in environ.items()
        if name in TOKENS or not name.startswith(("OTEL_", "TRIVET_", "NODE_OPTIONS"))
    }
