"""``organisation CODE NAME…``: make an organisation that is missing."""

from typing import Any

from core import clock
from core.commands import JsonCommand
from suppliers import services


class Command(JsonCommand):
    help = "Make an organisation if its code is not there yet; one that is there stays as it is."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code")
        parser.add_argument("name", nargs="+", help="its full name; several words are joined by blanks")
        parser.add_argument("--name-en", default="", help="its English name")
        parser.add_argument("--zone", default="", help="its calendar zone, such as Asia/Shanghai")
        parser.add_argument("--simulated", action="store_true", help="mark it as made up")

    def answer(self, **options: Any) -> dict[str, Any]:
        organisation, made = services.make_organisation(
            code=options["code"],
            name=" ".join(options["name"]),
            name_en=options["name_en"],
            zone=options["zone"],
            simulated=options["simulated"],
            now=clock.now(),
        )
        return {"organisation": organisation.code, "name": organisation.name, "made": made}
