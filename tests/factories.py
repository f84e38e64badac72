"""Rows that tests begin with. What comes in by files is made by the services, so that its sums are right."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from core.text import folded
from suppliers.access import looking_as_house
from suppliers.models import (
    Characteristic,
    CharacteristicVersion,
    Organisation,
    Part,
    Partnership,
    Person,
    Supply,
    User,
)

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def make_organisation(code: str, name: str = "", **fields: Any) -> Organisation:
    with looking_as_house("set a test's scene"):
        return Organisation.objects.create(
            code=code, name=name or code, name_key=folded(name or code), created_at=LONG_AGO, **fields
        )


def make_partnership(customer: Organisation, supplier: Organisation, **fields: Any) -> Partnership:
    with looking_as_house("set a test's scene"):
        return Partnership.objects.create(customer=customer, supplier=supplier, created_at=LONG_AGO, **fields)


def make_person(organisation: Organisation, role: str = "quality_engineer", email: str = "") -> Person:
    email = email or f"{role}@{organisation.code}.example".lower()
    user = User.objects.create_user(email, "correct horse battery", name=email.partition("@")[0])
    return Person.objects.create(user=user, organisation=organisation, role=role, joined_at=LONG_AGO)


def make_part(
    number: str, customer: Organisation, made_by: Sequence[Partnership] = (), **fields: Any
) -> Part:
    """Make a part of a customer, and its supply on each partnership that it is made on."""
    with looking_as_house("set a test's scene"):
        part = Part.objects.create(
            customer=customer, number=number, number_key=folded(number), created_at=LONG_AGO, **fields
        )
        for partnership in made_by:
            Supply.objects.create(partnership=partnership, part=part, created_at=LONG_AGO)
    return part


def make_characteristic(
    part: Part, number: str, *, valid_from: date = date(2024, 1, 1), **version: Any
) -> CharacteristicVersion:
    """Make a characteristic, or another version of one that is there, and return the version."""
    with looking_as_house("set a test's scene"):
        characteristic, _ = Characteristic.objects.get_or_create(
            part=part, number_key=folded(number), defaults={"number": number, "created_at": LONG_AGO}
        )
        return CharacteristicVersion.objects.create(
            characteristic=characteristic, valid_from=valid_from, **version
        )
