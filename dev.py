#!/usr/bin/env python3
"""Set up, try, test and check Tongpin from nothing but Python 3.11: `python3 dev.py --help`."""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit("Tongpin needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info[:2]))
if os.name != "posix":
    sys.exit("Tongpin runs on Linux and macOS. On Windows, use it inside WSL.")

from tooling.verbs import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
