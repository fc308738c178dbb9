"""A program that does not stop when it is asked to, nor does its child; or with `--patient` waits for its child."""

import signal
import subprocess
import sys
import time

if "--quit" in sys.argv:
    print("no flour", flush=True)
    sys.exit(3)
if "--patient" in sys.argv:
    child = subprocess.Popen(["sh", "-c", "read line; exit 7"], stdin=subprocess.PIPE)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    print("baking", flush=True)
    signal.sigwait([signal.SIGTERM])
    child.communicate(b"bread\n")
    print("the oven ended with", child.returncode, flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "--alone" not in sys.argv:
    child = subprocess.Popen([sys.executable, __file__, "--alone"])
    print(f"baking with {child.pid}", flush=True)
time.sleep(60)
