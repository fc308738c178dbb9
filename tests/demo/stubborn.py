"""A program that does not stop when it is asked to, nor does its child."""

import signal
import subprocess
import sys
import time

if "--quit" in sys.argv:
    print("no flour", flush=True)
    sys.exit(3)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "--alone" not in sys.argv:
    child = subprocess.Popen([sys.executable, __file__, "--alone"])
    print(f"baking with {child.pid}", flush=True)
time.sleep(60)
