"""A program that records spans and leaves in the way it is told: `leaving.py WAY ENDPOINT SPILL_DIRECTORY`.

It prints `ready` when a signal may come, and the moment (CLOCK_MONOTONIC) at which its own code was done.
"""

import asyncio
import atexit
import concurrent.futures
import hashlib
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time

import trivet

WAY, ENDPOINT, SPILL = sys.argv[1:4]


def record(count: int = 10, name: str = "span") -> int:
    for number in range(count):
        with trivet.span(name, n=number, way=WAY):
            pass
    return count


def wait() -> None:
    """Half a minute, in short pieces: a signal between `ready` and one long sleep would be heard only after it."""
    for _ in range(600):
        time.sleep(0.05)


def done() -> None:
    print(f"done {time.monotonic()}", flush=True)


def ready() -> None:
    print("ready", flush=True)


def normal():
    record()
    done()


def exception():
    record()
    done()
    raise RuntimeError("on purpose")


def sys_exit():
    record()
    done()
    sys.exit(3)


def sys_exit_in_thread():
    def work():
        record(5)
        sys.exit(4)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    record(5)
    done()


def open_span():
    record(9)
    trivet.span("still open").__enter__()
    done()


def sleep():
    """To be killed by the signal of the day."""
    record()
    ready()
    wait()


def sleep_in_thread_too():
    """Another thread records until the very end; what it had recorded when the signal came counts."""
    record()
    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    ready()
    wait()


def busy_in_c():
    """The main thread is inside one call of C for a minute, and no handler of Python's runs."""
    record()
    threading.Timer(0.3, ready).start()
    hashlib.pbkdf2_hmac("sha256", b"x", b"y", 200_000_000)


def own_handler():
    """As uvicorn does: a handler of one's own, the default again afterwards, and the signal once more."""
    came = threading.Event()
    old = signal.signal(signal.SIGTERM, lambda *_: came.set())
    assert old is signal.SIG_DFL, old
    record()
    ready()
    while not came.wait(0.05):
        pass
    signal.signal(signal.SIGTERM, old)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    signal.raise_signal(signal.SIGTERM)


def handler_that_exits():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
    record()
    ready()
    wait()


def asyncio_signal():
    async def main():
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        record()
        ready()
        await stop.wait()

    asyncio.run(main())
    done()


def os_exit():
    record()
    done()
    os._exit(5)


def os_exit_in_thread():
    def work():
        record()
        done()
        os._exit(6)

    threading.Thread(target=work).start()
    wait()


def fork():
    """Child and grandchild leave by os._exit, one in its parent's block, one after its own."""
    with trivet.span("parent"):
        child = os.fork()
        if not child:
            record(3, "child")
            if not os.fork():
                record(2, "grandchild")
                os._exit(0)
            os.wait()
            os._exit(0)
        os.waitpid(child, 0)
    record(4, "parent")
    done()


def fork_without_leaving():
    """The child falls out of the program as its parent does."""
    child = os.fork()
    record(5, "child" if not child else "parent")
    if child:
        os.waitpid(child, 0)
        done()


def process(method: str):
    context = multiprocessing.get_context(method)
    children = [context.Process(target=record, args=(5, "child")) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert child.exitcode == 0
    done()


def pool():
    """Leaving the block terminates the workers with SIGTERM, in the middle of whatever they do."""
    with multiprocessing.get_context("fork").Pool(2) as workers:
        workers.map(record, [5] * 4, chunksize=1)
    done()


def pools():
    """Many pools, terminated at once: their workers are waiting for one semaphore, some not even begun."""
    for _ in range(15):
        with multiprocessing.get_context("fork").Pool(4) as workers:
            workers.map(record, [1] * 2, chunksize=1)
    done()


def pool_closed():
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as workers:
        workers.map(record, [5] * 4, chunksize=1)
        workers.close()
        workers.join()
    done()


def executor():
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as workers:
        list(workers.map(record, [5] * 4))
    done()


def late():
    """An exit handler registered before the start runs after ours."""
    record(9)
    done()


def exec_other():
    record()
    done()
    os.execvp("sh", ["sh", "-c", "exit 8"])


def exec_nobody():
    record(5)
    try:
        os.execvp("no-such-program", ["no-such-program"])
    except FileNotFoundError:
        record(5)
    done()


def killed(number=signal.SIGKILL):
    """Ten spans that had a second to leave, and ten that had none."""
    record()
    time.sleep(1)
    record()
    done()
    signal.raise_signal(number)


def killed_in_an_outage():
    record()
    time.sleep(5)
    done()
    signal.raise_signal(signal.SIGKILL)


def crashed():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    killed(signal.SIGSEGV)


def child_crashes():
    """Without having recorded anything; its brother ends in order before."""
    record()
    trivet.flush()  # the thread that sends is there, and has looked around
    if not os.fork():
        return
    os.wait()
    if not os.fork():
        crashed_at_once()
    os.wait()
    done()


def crashed_at_once():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.raise_signal(signal.SIGSEGV)


def many():
    record(20_000)
    done()


WAYS = {
    "process_fork": lambda: process("fork"),
    "process_spawn": lambda: process("spawn"),
    "process_forkserver": lambda: process("forkserver"),
}

if WAY == "late":
    atexit.register(record, 1)
trivet.start("leaving", ENDPOINT, spill_dir=SPILL, metrics=False)

if __name__ == "__main__":
    WAYS.get(WAY, globals().get(WAY))()
