"""Work handed to processes: `pools.py fork|spawn`; each piece of it logs where it is."""

import logging
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.pool import ThreadPool

import trivet


def work(name: str) -> None:
    logging.warning(name)


class Own(multiprocessing.Process):
    def run(self) -> None:
        work("of a class")


if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with trivet.span("first"):
        pool, threads, executor = context.Pool(1), ThreadPool(1), ProcessPoolExecutor(1, mp_context=context)
        for each in (context.Process(target=work, args=("process",)), Own()):
            each.start()
            each.join()
        pool.map(work, ["pool, first"])
        threads.map(work, ["threads, first"])
        list(executor.map(work, ["executor, first"]))
    with trivet.span("second"):
        pool.apply(func=work, args=("pool, second",))
        list(pool.imap(work, ["pool, imap"]))
        list(threads.imap_unordered(work, ["threads, second"]))
        executor.submit(work, "executor, second").result()
    pool.apply(work, ["pool, outside"])
    threads.apply(work, ["threads, outside"])
    executor.submit(work, "executor, outside").result()
    for each in (pool, threads):
        each.close()
        each.join()
    executor.shutdown()
