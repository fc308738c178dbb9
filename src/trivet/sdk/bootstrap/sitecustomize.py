"""Python imports this at its start when `trivet run` has put this directory on PYTHONPATH: Trivet starts first.

PYTHONPATH stays as it is, so that what the program starts (workers, reloaders, spawned processes) is instrumented
too. A Python without Trivet in it is told of when it is the very program that was named, and starts in any case.
"""

import os
import sys


def _start() -> None:
    if any("multiprocessing.resource_tracker" in word for word in sys.orig_argv):
        return  # a servant of the standard library, with nothing to tell
    try:
        import trivet
    except ImportError:
        if os.environ.get("TRIVET_RUN") == str(os.getpid()):
            hint = f"{sys.executable} -m pip install trivet, or name the Python that has it"
            print(f"trivet: nothing is told: there is no Trivet in this Python\n  {hint}", file=sys.stderr)
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
