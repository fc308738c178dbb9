"""`python -m trivet` is `trivet`."""

import sys

from trivet.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
