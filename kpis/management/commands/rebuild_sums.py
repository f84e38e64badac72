"""manage.py rebuild_sums: count all sums anew, or prove that they are what the rows say."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

import inventory.services
import quality.services
from suppliers.access import looking_as_house


class Command(BaseCommand):
    help = (
        "Count all sums anew from their rows; with --check only say where they differ, and fail if they do."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a sum is wrong")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        check = options["check"]
        with looking_as_house("hold all sums against their rows"):
            cells = quality.services.rebuild_sums(check=check) + inventory.services.rebuild_sums(check=check)
        if options["json"]:
            self.stdout.write(
                json.dumps({"differing": len(cells), "cells": cells}, ensure_ascii=False, indent=1)
            )
        else:
            for cell in cells:
                self.stdout.write(json.dumps(cell, ensure_ascii=False))
        if check and cells:
            raise CommandError(f"{len(cells)} sums are not what their rows say.", returncode=1)
        self.stderr.write(
            "All sums are what their rows say." if not cells else f"{len(cells)} sums put right."
        )
