"""``watch FOLDER``: hand in every file that a folder receives, each once, as the sender does elsewhere."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.management.asking import add_options, asked_by
from intake.services.watching import HandIn
from sender import tongpin_sender as sender


class Command(BaseCommand):
    help = (
        "Watch a folder of this server: a file is handed in once it stands still, each once; what became of it"
        " stands in FOLDER/tongpin. One command a folder: its options hold for every file in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        add_options(parser)
        sender.add_watching(parser)

    def handle(self, **options: Any) -> None:
        folder = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        person, asked = asked_by(options)
        chinese = person.user.language.startswith("zh")
        told = Namespace(**options, language="zh" if chinese else "en")
        home = told.home or str(folder / "tongpin")
        with sender.alone(home, sender.WORDS[told.language]):
            watcher = sender.Watcher(str(folder), HandIn(person, asked), told, sender.logger(home))
            if not sender.watch(watcher, told):
                raise CommandError("Not every file was committed: see the results.")
