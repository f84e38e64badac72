"""The simulated year through the intake road: the same services as the page, the same answers as a person."""

import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from core.text import folded
from intake.services import answer, commit, long_ago, lost_zeros, receive
from sample.services.writing import SampleFile
from suppliers import access
from suppliers.access import Person
from suppliers.queries import part_index
from suppliers.queries.partners import partners, partnership_by_codes, person_by_role

ROUNDS = 4  # an answer may raise the next question
# Kinds that others need to know first, of files sent on one day.
ORDER = ("suppliers", "parts", "characteristics", "deliveries", "inspections", "measurements")


class NotTaken(Exception):
    """A file of the sample that was not committed whole."""


def in_order(files: Iterable[SampleFile]) -> list[SampleFile]:
    """Return files by day of sending, and what others refer to first."""
    rank = {kind: place for place, kind in enumerate(ORDER)}
    return sorted(files, key=lambda file: (file.sent_on, rank.get(file.kind, len(ORDER))))


def load(files: list[SampleFile], *, now: Callable[[], datetime], done: Callable[[SampleFile], None]) -> int:
    """Hand every file in as who sends it, answer what it asks, and return how many rows are new.

    Files that were committed before change nothing.

    Raises NotTaken at the first file that does not end committed with no row open.
    """
    new = 0
    for file in files:
        with access.looking_as_house("find who of the sample sends a file"):
            person = person_by_role(file.sender, file.role)
            customer, _, supplier = file.partnership.partition("/")
            partnership_id = partnership_by_codes(customer, supplier) if supplier else None
        with access.looking_as(person):
            new += _take(file, person, partnership_id, now)
        done(file)
    return new


def _take(file: SampleFile, person: Person, partnership_id: int | None, now: Callable[[], datetime]) -> int:
    upload = receive.receive_file(
        person=person,
        content=io.BytesIO(file.path.read_bytes()),
        file_name=file.path.name,
        asked=receive.Asked(kind=file.kind, stage=file.stage, partnership_id=partnership_id),
        now=now(),
        seconds=None,
    )
    for _round in range(ROUNDS):
        questions = upload.understanding.get("questions", [])
        if upload.state != "waiting" or not questions:
            break
        told = {question["id"]: _answer(file, question, person) for question in questions}
        upload = answer.answer(upload_id=upload.pk, person=person, now=now(), answers=told, seconds=None)
    if (
        upload.state == "understood"
    ):  # the page shows what was understood after an answer; she looks, and saves
        upload = commit.commit(upload_id=upload.pk, person=person, now=now(), seconds=None)
    if upload.state != "committed" or upload.open_rows:
        asked = [question["id"] for question in upload.understanding.get("questions", [])]
        state = f"{upload.state}, {upload.open_rows} rows open, asks {asked}, {upload.refusal}"
        raise NotTaken(f"{file.path.name} of {file.sender}: {state}")
    return upload.counts.get("new", 0) if not upload.identical_to_id else 0


def _answer(file: SampleFile, question: dict[str, Any], person: Person) -> Any:
    """Return what the generator wrote beside the file for this question: an id, as the page would send it.

    Raises NotTaken if it wrote nothing that fits.
    """
    if question["kind"] == "hidden_rows":
        return "leave"  # last year's, hidden by the clerk
    kind, _, rest = question["id"].partition(":")
    if kind == long_ago.QUESTION:
        return long_ago.YES  # whenever it is loaded, the simulated year stays what it was
    if kind == lost_zeros.QUESTION:
        return lost_zeros.YES  # seven digits with a leading zero: no two parts differ by it alone
    find = {"who": _organisation, "route": _partnership, "part": _part}.get(kind)
    meant = find(file, rest, person) if find else None
    if meant is None:
        raise NotTaken(f"{file.path.name}: nothing was written for the question {question['id']}")
    return meant


def _organisation(file: SampleFile, name: str, person: Person) -> int | None:
    """``who:NAME``"""
    codes = {told["answer"] for told in file.answers if folded(told["value"]) == name}
    ends = partners(access.partnerships_to_fill(person))
    found = [one.supplier_id for one in ends if one.supplier_code in codes]
    found += [one.customer_id for one in ends if one.customer_code in codes]
    return found[0] if found else None


def _partnership(file: SampleFile, rest: str, person: Person) -> int | None:
    """``route:NAME:PART``"""
    name, _, part = rest.partition(":")
    codes = {
        told["answer"]
        for told in file.answers
        if told["field"] in ("supplier", "customer")
        and folded(told["value"]) == name
        and told.get("part_no", part).lstrip("0") == part.lstrip("0")
    }
    for one in partners(access.partnerships_to_fill(person)):
        if codes & ({one.customer_code, one.supplier_code} - {person.organisation.code}):
            return one.partnership_id
    return None


def _part(file: SampleFile, rest: str, person: Person) -> int | None:
    """``part:PARTNERSHIP:NAME``"""
    partnership, _, name = rest.partition(":")
    numbers = {told["answer"] for told in file.answers if folded(told["value"]) == name}
    index = part_index([int(partnership)])
    found = index.loc[index["number"].isin(numbers), "part_id"] if "number" in index else None
    return None if found is None or found.empty else int(found.iloc[0])
