"""Python imports this at its start when `trivet run` has put this directory on PYTHONPATH: Trivet starts first.

PYTHONPATH stays as it is, so that what the program starts (workers, reloaders, spawned processes) is instrumented
too; a Python without Trivet in it starts as if nothing had been said.
"""

import os
import sys


def _start() -> None:
    if any("multiprocessing.resource_tracker" in word for word in sys.orig_argv):
        return  # a servant of the standard library, with nothing to tell
    try:
        import trivet
    except ImportError:
        return
    trivet.start()


def _run_the_one_we_hide() -> None:
    """There may be another sitecustomize further down the path: the distribution's, the company's."""
    import importlib.machinery
    import importlib.util

    here = os.path.dirname(os.path.abspath(__file__))
    elsewhere = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


_start()
_run_the_one_we_hide()
