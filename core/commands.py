"""What our management commands have in common."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class JsonCommand(BaseCommand):
    """A command whose answer is a dict: lines for a person, one JSON document on stdout with ``--json``."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document for machines")

    def handle(self, **options: Any) -> None:
        answer = self.answer(**options)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(f"{key}: {value}" for key, value in answer.items()))

    def answer(self, **options: Any) -> dict[str, Any]:
        """Do what is asked and return what is to be said about it."""
        raise TypeError(f"{type(self).__name__} says nothing.")
