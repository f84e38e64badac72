"""A process that promises, writes and sends one mail, and is killed at one step: ``python -m tests.insight.kill``."""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

# Step: the function after whose n-th call the process is killed, in the order in which they happen.
STEPS = {
    "row written, not committed": ("insight.services.digests", "_leave_out_overtaken", 1),
    "row promised": ("insight.services.digests", "_make_due", 1),
    "digest claimed": ("core.lease", "claim", 1),
    "composed": ("insight.services.digests", "_composed", 1),
    "letter written, not committed": ("insight.services.digests", "_promise", 1),
    "digest settled, not committed": ("core.lease.Lease", "settle", 1),
    "letter committed": ("insight.services.digests", "_write", 1),
    "letter claimed": ("core.lease", "claim", 2),
    "connected": ("outbox.services.server.MailServer", "open", 1),
    "recipient named": ("smtplib.SMTP", "rcpt", 1),
    "taken by the server": ("smtplib.SMTP", "data", 1),
    "letter settled, not committed": ("core.lease.Lease", "settle", 2),
    "letter settled": ("outbox.services.sending", "_settle", 1),
    "fate learned": ("insight.services.digests", "learn_fates", 1),
}
# Where nobody can know whether the server's "250 OK" was meant: the letter goes again, as the same one.
AMONG_SMTP = {"taken by the server", "letter settled, not committed"}


def _kill_after(call: Callable, nth: int) -> Callable:
    calls = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        answer = call(*args, **kwargs)
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return wrapped


def _kill_at(step: str) -> None:
    path, name, nth = STEPS[step]
    module, _, owner = path.rpartition(".")
    holder = getattr(importlib.import_module(module), owner) if owner[:1].isupper() else None
    holder = holder or importlib.import_module(path)
    setattr(holder, name, _kill_after(getattr(holder, name), nth))


def main(step: str, now: str) -> None:
    import django

    django.setup()
    from insight import mails
    from insight.services import digests
    from tests.insight.mailing import stand_in

    mails.compose = stand_in  # type: ignore[assignment]  # figures are no matter here
    _kill_at(step)
    digests.send_all(now=datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])
