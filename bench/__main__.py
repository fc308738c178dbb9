"""All measurements, or those named on the command line."""

import importlib
import sys
from typing import Final

MEASUREMENTS: Final = (
    "receive", "store", "questions", "compare", "sdk", "install", "instrument", "exits", "pages", "faults",
    "fuzz",
)  # fmt: skip


def main() -> None:
    for name in sys.argv[1:] or MEASUREMENTS:
        print(f"── {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
