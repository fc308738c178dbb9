"""A plain script: asks a service, works in threads, starts a program. `script.py URL`."""

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import requests

log = logging.getLogger("script")


def ask(path: str) -> int:
    status = requests.get(f"{sys.argv[1]}/{path}", timeout=10).status_code
    log.warning("%s says %s", path, status)
    return status


with ThreadPoolExecutor(1) as pool:
    pool.submit(ask, "first").result()
thread = Thread(target=ask, args=("second",))
thread.start()
thread.join()
subprocess.run(["true"], check=True)
