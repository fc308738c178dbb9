"""A program that logs in every way, with Trivet when it is told an endpoint: `talking.py [ENDPOINT SPILL]`.

What it prints must be the same either way.
"""

import logging
import logging.config
import sys
import warnings

import trivet

early = logging.getLogger("early")
early.info("before the start: not yet heard")
if len(sys.argv) > 1:
    trivet.start("talking", sys.argv[1], spill_dir=sys.argv[2], metrics=False)

# No handler anywhere: logging.lastResort prints from WARNING on.
early.info("nobody prints me")
early.warning("last resort prints me")
early.debug("nobody hears me")

logging.basicConfig(format="%(levelname)s %(name)s %(message)s", stream=sys.stdout)
early.info("below the root's level")
early.error("above it: %s", "formatted")

quiet = logging.getLogger("quiet.library")
quiet.setLevel(logging.ERROR)
quiet.warning("its own level says no")
logging.getLogger("quiet.library.part").warning("so it does for its children")

off = logging.getLogger("off")
off.disabled = True
off.error("disabled")

logging.disable(logging.INFO)
early.info("all info disabled")
logging.disable(logging.NOTSET)

logging.config.dictConfig(
    {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"short": {"format": "[%(name)s] %(message)s"}},
        "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "short"}},
        "loggers": {"access": {"level": "INFO", "handlers": ["out"], "propagate": False}},
        "root": {"level": "WARNING", "handlers": ["out"]},
    }
)
logging.getLogger("access").info("GET /", extra={"status": 200, "path": "/"})
early.info("after dictConfig, below its level")
early.warning("after dictConfig")


class Redact(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return "unwanted" not in record.getMessage()


filtered = logging.getLogger("filtered")
filtered.addFilter(Redact())
filtered.warning("unwanted")
filtered.warning("wanted")

try:
    raise ValueError("bad value")
except ValueError:
    early.exception("failed")

adapter = logging.LoggerAdapter(early, {"request": 7})
adapter.info("through an adapter")

made = logging.makeLogRecord({"name": "remote", "levelno": logging.INFO, "levelname": "INFO", "msg": "handed over"})
logging.getLogger("remote").handle(made)

early.warning({"structured": True, "n": 3})
warnings.warn("take care", UserWarning, stacklevel=1)
with trivet.span("working"):
    early.info("inside a span")
