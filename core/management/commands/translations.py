"""Compile and check the catalogues of translations, without the gettext programs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import translations


class Command(BaseCommand):
    help = "Compile the translations, check that none is missing or stale, or add entries to fill in."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["compile", "check", "add"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        match what:
            case "compile":
                self.stdout.write(f"{translations.compile_all()} catalogues")
            case "add":
                self.stdout.write(f"{translations.add_missing()} entries to fill in")
            case "check":
                self._check()

    def _check(self) -> None:
        findings = translations.look_through()
        for finding in findings:
            self.stdout.write(str(finding.catalogue))
            for message, place in sorted(finding.missing.items()):
                self.stdout.write(f"  missing: {message.text!r} ({place})")
            for text in finding.stale:
                self.stdout.write(f"  stale: {text!r}")
            for text in finding.broken:
                self.stdout.write(f"  other placeholders than the source: {text!r}")
        if findings:
            raise CommandError(
                "Mend the catalogues; `translations add` adds what is missing, to be filled in."
            )
