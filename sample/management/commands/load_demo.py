"""``load_demo``: the simulated year, or public data, through the intake road."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from improvement.services.warnings import evaluate_all
from sample.services.cast import make_cast
from sample.services.loading import NotTaken
from sample.services.programme import load_programmes
from sample.services.public import FILES, load_public
from sample.services.requests import make_requests
from sample.services.side_by_side import load_side_by_side
from sample.services.subscriptions import load_subscriptions
from sample.services.tasks import load_tasks
from sample.services.writing import written_files


class Command(BaseCommand):
    help = "Load the simulated year, through the same road as any file; again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--public",
            action="store_true",
            help="load public data, as it was published, and no simulated year",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document for machines")

    def handle(self, **options: Any) -> None:
        began = time.monotonic()
        try:
            files, new = self._load_public() if options["public"] else self._load_year()
        except NotTaken as refused:
            raise CommandError(str(refused)) from refused
        seconds = time.monotonic() - began
        if options["json"]:
            self.stdout.write(json.dumps({"files": files, "new": new, "seconds": round(seconds, 1)}))
        else:
            self.stdout.write(f"{files} files, {new:,} new rows, {seconds:.0f} s")

    def _load_year(self) -> tuple[int, int]:
        self._say("Writing the files of the simulated year …")
        files = written_files()
        make_cast(now=clock.now())
        make_requests(now=clock.now())
        new = load_side_by_side(files, now=clock.now, done=self._progress(len(files)))
        self._say(f"{load_tasks()} improvement tasks opened")
        self._say(f"{evaluate_all(now=clock.now())} warnings raised, those about older months as seen")
        self._say(f"{load_programmes(now=clock.now())} joint programme made")
        self._say(f"{load_subscriptions(now=clock.now())} mail reports subscribed to")
        return len(files), new

    def _load_public(self) -> tuple[int, int]:
        return len(FILES), load_public(now=clock.now, done=self._progress(len(FILES)))

    def _progress(self, total: int):
        done = 0

        def one_more(name: str) -> None:
            nonlocal done
            done += 1
            if sys.stderr.isatty():
                self.stderr.write(f"\r{done:4} / {total}  {name:60.60}", ending="")
                if done == total:
                    self.stderr.write("")
            elif done % 50 == 0 or done == total:
                self._say(f"{done} of {total} files")

        return one_more

    def _say(self, text: str) -> None:
        self.stderr.write(text)
