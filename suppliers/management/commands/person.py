"""``person EMAIL --organisation CODE --role ROLE``: let somebody in."""

import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email

from core import clock
from core.commands import JsonCommand
from suppliers import services
from suppliers.management.lookup import organisation_by_code
from suppliers.models import Role


class Command(JsonCommand):
    help = (
        "Make a person of an organisation if it is not there yet. Without --password-stdin the answer has a"
        " link by which a login without a password gets one."
    )

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("email")
        parser.add_argument("--organisation", required=True, metavar="CODE")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", default="")
        parser.add_argument("--language", default="", choices=["", *dict(settings.LANGUAGES)])
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password of a new login from stdin"
        )

    def answer(self, **options: Any) -> dict[str, Any]:
        try:
            validate_email(options["email"])
        except ValidationError as bad:
            raise CommandError(f"{options['email']} is not an e-mail address.") from bad
        person, made = services.make_person(
            email=options["email"],
            organisation=organisation_by_code(options["organisation"]),
            role=options["role"],
            name=options["name"],
            language=options["language"],
            password=sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None,
            now=clock.now(),
        )
        answer = {
            "person": person.user.email,
            "organisation": options["organisation"],
            "role": person.role,
            "made": made,
        }
        if not person.user.has_usable_password():
            answer["set_password"] = services.set_password_link(person.user)
        return answer
