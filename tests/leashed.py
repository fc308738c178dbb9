"""`python tests/leashed.py MODULE ARGUMENT…`: runs a module that ends when whoever started it is gone.

Standard input is the leash: a pipe that its holder never writes to. However the holder ends, by `kill -9` too, the
system closes the pipe, and the module gets a SIGTERM.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE_SECONDS = 10


def main() -> None:
    threading.Thread(target=_end_with_the_holder, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_the_holder() -> None:
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
