"""A program that does not stop when it is asked to."""

import signal
import sys
import time

if "--quit" in sys.argv:
    sys.exit(3)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
