"""manage.py kpi: a KPI in the terminal, for people or for machines."""

import csv
import json
from argparse import ArgumentParser
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core.period import Period
from core.terminal import aligned
from kpis.definitions import READINGS, definition, names
from kpis.queries.evaluate import CHOICES, evaluate
from kpis.queries.periods import period_asked
from kpis.queries.readings import GROUPS, Reading, as_dict
from kpis.queries.wording import written, written_interval, written_n
from suppliers.access import looking_as, looking_as_house
from suppliers.queries.selection import customers_in_view, person_called, select


class Command(BaseCommand):
    help = "Print a KPI with its interval, counts and definition."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=names(), metavar="NAME", help=", ".join(names()))
        parser.add_argument("--organisation", metavar="CODE", help="the customer; else the only one there is")
        parser.add_argument("--as", dest="email", metavar="USER", help="see what this person sees")
        parser.add_argument("--stage", choices=list(READINGS), help="else one entry a stage")
        parser.add_argument("--by", action="append", choices=[*GROUPS, "stage"], default=[])
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="D")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="D")
        parser.add_argument("--base", type=Period.parse, metavar="D..D", help="period to compare with")
        parser.add_argument("--supplier", action="append", metavar="CODE")
        parser.add_argument("--part", action="append", metavar="NUMBER")
        for option, choices in CHOICES.items():
            parser.add_argument(f"--{option}", choices=choices)
        output = parser.add_mutually_exclusive_group()
        output.add_argument("--json", action="store_true")
        output.add_argument("--csv", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with self._scope(options["email"], options["organisation"]):
            readings = self._readings(options)
            if options["json"]:
                self.stdout.write(
                    json.dumps([as_dict(one) for one in readings], ensure_ascii=False, indent=1)
                )
            elif options["csv"]:
                self._write_csv(readings)
            else:
                self._write_table(readings)

    def _scope(self, email: str | None, organisation: str | None) -> AbstractContextManager[None]:
        if email is None:
            return looking_as_house("the operator of this machine asks for a figure")
        person = person_called(email, organisation=organisation)
        if person is None:
            raise CommandError(f"Nobody here has the e-mail {email}.")
        return looking_as(person)

    def _readings(self, options: dict[str, Any]) -> list[Reading]:
        what = {
            "customer": self._customer(options["organisation"]),
            "suppliers": options["supplier"],
            "parts": options["part"],
        }
        try:
            return evaluate(
                options["name"],
                period=period_asked(select(**what), first=options["first"], last=options["last"]),
                base=options["base"],
                by=options["by"],
                stage=options["stage"],
                **what,
                **{name: options[name] for name in CHOICES if options[name] is not None},
            )
        except ValueError as wrong:  # QuestionMakesNoSense, and days the wrong way round
            raise CommandError(str(wrong)) from wrong

    def _customer(self, code: str | None) -> str:
        known = customers_in_view()
        if code is None and len(known) == 1:
            return known[0]
        if code not in known:
            asked = "Name the customer" if code is None else f"{code} is not a customer here"
            raise CommandError(f"{asked}: --organisation {' | '.join(known) or '(there is none yet)'}.")
        return code

    def _write_csv(self, readings: list[Reading]) -> None:
        rows = [_flat(as_dict(one)) for one in readings]
        writer = csv.DictWriter(self.stdout, fieldnames=list(rows[0]) if rows else ["value"])
        writer.writeheader()
        writer.writerows(rows)

    def _write_table(self, readings: list[Reading]) -> None:
        if not readings:
            raise CommandError("Nothing to show: no supplier is named so.")
        kpi = definition(readings[0].definition)
        period = readings[0].period if not any("month" in one.by for one in readings) else None
        self.stdout.write(f"{kpi.title}  {period or ''}  {kpi.name} v{kpi.version}".rstrip())
        head = [*map(str, readings[0].by), *([_("Stage")] if kpi.stages else [])]
        head += [_("Value"), _("95% interval"), _("n"), _("Data until"), ""]
        lines = [head]
        for one in readings:
            stage = [str(READINGS[one.stage])] if one.stage else []
            note = one.reason_text or (_("preliminary") if one.preliminary else "")
            until = one.data_until.isoformat() if one.data_until else "—"
            lines.append(
                [*one.by.values(), *stage, written(one), written_interval(one), written_n(one), until, note]
            )
        for line in aligned(lines):
            self.stdout.write(line)


def _flat(entry: dict[str, Any]) -> dict[str, Any]:
    """One line of CSV: groups as columns of their own, nothing nested."""
    groups = {f"by_{name}": code for name, code in entry["by"].items()}
    return groups | {name: value for name, value in entry.items() if not isinstance(value, dict)}
