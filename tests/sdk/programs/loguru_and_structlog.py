"""loguru and structlog as apps use them, with Trivet when told an endpoint: `… [ENDPOINT SPILL]`; prints the same."""

import logging
import sys

import structlog

import trivet

cached = structlog.get_logger("cached")  # made before the start, and kept
if len(sys.argv) > 1:
    trivet.start("talking", sys.argv[1], spill_dir=sys.argv[2], metrics=False)

from loguru import logger  # noqa: E402  (after the start, as most imports come after `trivet run`)

logger.remove()
logger.add(sys.stdout, format="{level} {message} {extra}", level="WARNING")
logger.info("loguru below its handler's level")
logger.bind(user=7).warning("loguru {}", "formatted")
try:
    raise ValueError("bad value")
except ValueError:
    logger.exception("loguru failed")
logger.debug("loguru debug")


class Bridge(logging.Handler):
    """stdlib to loguru, as its documentation has it."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.opt(depth=6, exception=record.exc_info).log(record.levelname, record.getMessage())


logging.basicConfig(handlers=[Bridge()], level=logging.WARNING)
logging.getLogger("bridged").warning("stdlib through loguru")


class Propagate(logging.Handler):
    """loguru to stdlib, as its documentation has it."""

    def emit(self, record: logging.LogRecord) -> None:
        logging.getLogger("from_loguru").handle(record)


logging.getLogger().handlers.clear()
logging.getLogger().addHandler(logging.StreamHandler(sys.stdout))
number = logger.add(Propagate(), format="{message}")
logger.warning("loguru through stdlib")
logger.remove(number)

structlog.configure(
    processors=[structlog.processors.KeyValueRenderer(key_order=["event"])], cache_logger_on_first_use=True
)
with trivet.span("working"), structlog.contextvars.bound_contextvars(request="r1"):
    structlog.get_logger().bind(video=9).info("structlog printed", n=3)
try:
    raise KeyError("k")
except KeyError:
    structlog.get_logger().error("structlog failed", exc_info=True)

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.processors.CallsiteParameterAdder([structlog.processors.CallsiteParameter.FUNC_NAME]),
        structlog.processors.JSONRenderer(sort_keys=True),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=False,
)


def through_stdlib() -> None:
    structlog.get_logger("shop").warning("structlog through stdlib", order=5)
    structlog.get_logger("shop").info("structlog below its level", order=6)
    logging.getLogger("shop").warning("plain stdlib beside it")


through_stdlib()
cached.warning("structlog made early", early=True)
