"""The data requests of the simulated chain, and what its people answered with "nothing"."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from suppliers import access
from suppliers.access import Person
from suppliers.queries.asking import answers_of, requests_asked
from suppliers.queries.partners import partnership_by_codes, person_by_role
from suppliers.services import Rule, answer_nothing, ask_for_data, own_books

PLAN = Path(__file__).resolve().parent.parent / "plan"
KINDS = {"inspections": "outgoing", "incoming inspections": "incoming"}  # the others have the same name
RULES = {
    ("monthly", "last day"): Rule("monthly", 31),
    ("weekly", "Monday"): Rule("weekly", 1, due_next=True),
    ("daily", "next working day"): Rule("daily", 1),
    ("per lot", "2 days after the lot"): Rule("per_lot", 2),
    ("per lot", "with the lot"): Rule("per_lot", 0),
}
ZONE = ZoneInfo("Asia/Shanghai")  # of every company of the chain
NOON = time(12)


def make_requests(*, now: datetime) -> int:
    """Make the requests and answers that are missing, and return how many those were.

    Partnerships that are not on Tongpin are asked for nothing. Again changes nothing.
    """
    return _ask(now) + _answer()


def _ask(now: datetime) -> int:
    wanted: dict[tuple[str, str, Rule, date], list[int]] = defaultdict(list)
    with access.looking_as_house("make the data requests of the sample"):
        known = {(one.partnership, one.kind, one.sender) for one in requests_asked()}
        for row in _rows("data_requests"):
            place = _partnership(row["customer"], row["supplier"], now)
            kind = KINDS.get(row["kind"], row["kind"])
            sender = "customer" if row["sender"] == row["customer"] else "supplier"
            if place is None or (place, kind, sender) in known:
                continue
            rule = RULES[row["rhythm"], row["due"]]
            rule = Rule(rule.rhythm, rule.due_day, rule.due_next, int(row["grace_days"]))
            wanted[kind, sender, rule, date.fromisoformat(row["valid_from"])].append(place)
        for (kind, sender, rule, first), places in wanted.items():
            ask_for_data(
                partnership_ids=places,
                kind=kind,
                sender=sender,
                rule=rule,
                valid_from=first,
                by=None,
                now=now,
            )
    return sum(map(len, wanted.values()))


def _partnership(customer: str, supplier: str, now: datetime) -> int | None:
    if supplier:
        return partnership_by_codes(customer, supplier)
    return own_books(organisation_id=person_by_role(customer, "owner").organisation_id, now=now)


def _answer() -> int:
    """Say "nothing" where the plan has somebody send an empty file, on the day on which it went."""
    made = 0
    for row in _rows("programme_files"):
        if row["state"] != "empty":
            continue
        with access.looking_as_house("find who of the sample says that there was nothing"):
            person = person_by_role(row["supplier"], "uploader")
        made += _say_nothing(person, KINDS.get(row["kind"], row["kind"]), row)
    return made


def _say_nothing(person: Person, kind: str, row: dict[str, str]) -> int:
    first = date.fromisoformat(f"{row['period']}-01")
    sent = datetime.combine(date.fromisoformat(row["sent_on"]), NOON, ZONE)
    with access.looking_as(person):
        asked = requests_asked(kind=kind, partnership__supplier=person.organisation_id)
        known = answers_of([one.id for one in asked])
        missing = [one.id for one in asked if (one.id, first) not in known]
        for request_id in missing:
            answer_nothing(request_id=request_id, period_first=first, by=person, now=sent)
    return len(missing)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (PLAN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
