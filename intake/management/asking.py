"""What commands that hand files in are told: whose files they are, and how they are to be taken."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from intake.models import Kind
from intake.services import receive
from suppliers import access
from suppliers.access import Person
from suppliers.queries.partners import organisation_exists, partnership_by_codes, person_to_act

KEPT_BY_CUSTOMER = {Kind.DELIVERIES, Kind.RETURNS, Kind.SUPPLIERS, Kind.PARTS, Kind.CHARACTERISTICS}


def add_options(parser: CommandParser) -> None:
    parser.add_argument("--kind", choices=Kind.values, default="", help="recognised when not given")
    parser.add_argument("--stage", choices=["outgoing", "incoming"], default="")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--partnership", metavar="CUSTOMER/SUPPLIER", help="every row belongs to it")
    whose.add_argument("--organisation", metavar="CODE", help="whose files they are: rows go one by one")
    parser.add_argument("--as", dest="user", metavar="USER", default="", help="e-mail of who hands them in")
    parser.add_argument("--mapping", metavar="NAME", default="", help="a saved reading of the layout")
    parser.add_argument("--encoding", metavar="NAME", default="", help="of text files, such as gb18030")
    parser.add_argument("--create", action="store_true", help="make what the file names and nobody knows")
    parser.add_argument("--dry-run", action="store_true", help="check, commit nothing")
    parser.add_argument("--partial", action="store_true", help="commit the faultless rows, keep the rest")


def asked_by(options: dict[str, Any]) -> tuple[Person, receive.Asked]:
    """Return who hands the files in, and how. Raises CommandError where nobody may."""
    person, partnership_id = _who(options)
    names = ("kind", "stage", "mapping", "encoding", "create", "partial", "dry_run")
    return person, receive.Asked(partnership_id=partnership_id, **{name: options[name] for name in names})


def _who(options: dict[str, Any]) -> tuple[Person, int | None]:
    """Return who hands the files in, and the partnership they are all for."""
    customer, _, supplier = (options["partnership"] or "").partition("/")
    codes = [options["organisation"]] if options["organisation"] else [customer, supplier]
    if options["kind"] not in KEPT_BY_CUSTOMER and options["stage"] != "incoming":
        codes.reverse()  # such files are mostly the supplier's own
    with access.looking_as_house("an administrator names companies by their codes"):
        for code in codes:
            if not organisation_exists(code):
                raise CommandError(f"There is no organisation {code}.")
        partnership_id = partnership_by_codes(customer, supplier) if supplier else None
        if options["partnership"] and partnership_id is None:
            raise CommandError(f"There is no partnership {options['partnership']}.")
        person = person_to_act(email=options["user"], organisations=codes)
    if person is None:
        whose = options["user"] or "Nobody"
        raise CommandError(
            f"{whose} may hand in files for {' or '.join(codes)}: see manage.py person --help."
        )
    return person, partnership_id
