"""gunicorn: what it logs about a request (access, errors) is in that request's span."""

from trivet.instrument.kit import Aside
from trivet.instrument.within import REQUEST

ANSWERING = (
    "gunicorn.workers.sync:SyncWorker.handle",
    "gunicorn.workers.base_async:AsyncWorker.handle",
    "gunicorn.workers.gthread:ThreadWorker.handle",
)

RULES = tuple(Aside(target, quiet=(REQUEST,), optional=True) for target in ANSWERING)
