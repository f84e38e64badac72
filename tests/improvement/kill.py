"""A process that evaluates and is killed behind a function: ``python -m tests.improvement.kill MODULE NAME NOW``."""

import importlib
import os
import signal
import sys
from datetime import datetime
from typing import Any


def main(path: str, name: str, now: str) -> None:
    import django

    django.setup()
    from improvement.services import warnings

    holder = importlib.import_module(path)
    call = getattr(holder, name)

    def and_die(*args: Any, **kwargs: Any) -> None:
        call(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(holder, name, and_die)
    warnings.evaluate_all(now=datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])
