"""A process that hands a file in, or commits an upload, and is killed at one step.

``python -m tests.intake.kill STEP PERSON FILE`` or ``... UPLOAD``, an id.
"""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Step: the function after whose call the process is killed, in the order in which they happen.
STEPS = {
    "bytes kept": ("intake.services.vault", "keep"),
    "row made": ("intake.services.receive", "_check_leave"),  # see `_kill_at`: the call after it is begun
    "claimed": ("intake.services.work", "claim"),
    "read": ("intake.services.understand", "read_file"),
    "checked": ("intake.services.understand", "check"),
    "rows laid beside": ("intake.services.vault", "keep_frame"),
    "understood": ("intake.services.work", "understand"),
    "commit begun": ("intake.services.load", "lock_partnerships"),
    "rows written": ("intake.services.load", "_write"),
    "settled": ("intake.services.load", "_settle"),
    "committed": ("intake.services.work", "load"),
}


def die(*_args: Any, **_kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _then_die(call: Callable) -> Callable:
    def wrapped(*args: Any, **kwargs: Any) -> None:
        call(*args, **kwargs)
        die()

    return wrapped


def _kill_at(step: str) -> None:
    if step == "row made":
        work = importlib.import_module("intake.services.work")
        work.begin = die
        return
    module_name, name = STEPS[step]
    module = importlib.import_module(module_name)
    setattr(module, name, _then_die(getattr(module, name)))


def main(step: str, person_id: str, what: str) -> None:
    import django

    django.setup()
    from intake.services import commit
    from suppliers.access import looking_as
    from suppliers.models import Person
    from tests.intake.files import NOW, hand_in

    _kill_at(step)
    person = Person.objects.select_related("user", "organisation").get(pk=person_id)
    if what.isdecimal():
        with looking_as(person):
            commit.commit(upload_id=int(what), person=person, now=NOW, seconds=None)
    else:
        hand_in(person, Path(what).read_bytes(), name=Path(what).name)


if __name__ == "__main__":
    main(*sys.argv[1:])
