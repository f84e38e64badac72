"""Organisations, who supplies whom and people: made where missing, never changed by this."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from core.text import folded, pinyin_key
from suppliers import access
from suppliers.models import (
    Organisation,
    OrganisationAlias,
    Part,
    Partnership,
    Person,
    Role,
    Supply,
    User,
)


class NotHere(LookupError):
    """Something asked for by id is not there, or not open to who asks: both answer alike."""


def lock_partnerships(ids: Collection[int]) -> None:
    """Lock partnerships for writing rows, in order of id: any other order deadlocks.

    To be called in the transaction that writes, after all checks and just before loading.

    Raises NotHere if one is not in the open scope.
    """
    wanted = sorted(set(ids))
    # "No key": rows of others that merely point to a partnership do not wait for us.
    locked = (
        Partnership.objects.filter(pk__in=wanted)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", flat=True)
    )
    if list(locked) != wanted:
        raise NotHere("partnership")


def lock_organisation(organisation_id: int) -> None:
    """Lock the lists (suppliers, parts, characteristics) of a customer for writing."""
    with access.looking_as_house("lock the lists of one customer"):
        rows = Organisation.objects.filter(pk=organisation_id).select_for_update(no_key=True)
        if not rows.values_list("pk", flat=True):
            raise NotHere("organisation")


@transaction.atomic
def make_organisation(
    *, code: str, name: str, now: datetime, name_en: str = "", zone: str = "", simulated: bool = False
) -> tuple[Organisation, bool]:
    """Return the organisation of this code, made if it is missing, and whether it was made.

    An organisation that is there keeps its name, zone and mark, whatever is given here.
    """
    with access.looking_as_house("make a company that no partnership shows yet"):
        return Organisation.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "name_key": pinyin_key(name),
                "zone": zone or settings.TIME_ZONE,
                "simulated": simulated,
                "created_at": now,
            },
        )


@transaction.atomic
def make_partnership(
    *,
    customer: Organisation,
    supplier: Organisation,
    now: datetime,
    since: date | None = None,
    target_pass_rate: Decimal | None = None,
) -> tuple[Partnership, bool]:
    """Return the partnership of a customer and a supplier, made if missing, and whether it was made.

    `target_pass_rate` is what their quality agreement says, as a fraction.
    """
    told = {"since": since, "target_pass_rate": target_pass_rate, "created_at": now}
    with access.looking_as_house("make a partnership that nobody sees yet"):
        return Partnership.objects.get_or_create(customer=customer, supplier=supplier, defaults=told)


def own_books(*, organisation_id: int, now: datetime) -> int:
    """Return the id of an organisation's partnership with itself, made if missing.

    Rows of a company about itself alone hang there: its stock whose supplier nobody can tell.
    """
    with access.looking_as_house("open a company's own books"):
        books, _made = Partnership.objects.get_or_create(
            customer_id=organisation_id, supplier_id=organisation_id, defaults={"created_at": now}
        )
        return books.pk


@transaction.atomic
def make_person(
    *,
    email: str,
    organisation: Organisation,
    role: str,
    now: datetime,
    name: str = "",
    language: str = "",
    password: str | None = None,
) -> tuple[Person, bool]:
    """Return the person of this address in an organisation, made if missing, and whether it was made.

    A login that exists is used as it is: its password, name and language stay. Without a password a new
    login cannot be entered until its owner sets one by a link. A person who had left stays gone.

    Raises ValueError if there is no such role.
    """
    if role not in Role.values:
        raise ValueError(f"There is no role {role!r}; the roles are {', '.join(Role.values)}.")
    user = User.objects.filter(email__iexact=email.strip()).first() or User.objects.create_user(
        email.strip(), password, name=name, language=language or settings.LANGUAGE_CODE
    )
    return Person.objects.get_or_create(
        user=user, organisation=organisation, defaults={"role": role, "joined_at": now}
    )


@transaction.atomic
def make_supplies(*, partnership_id: int, part_ids: Collection[int], now: datetime) -> int:
    """Say that these parts are supplied on a partnership, and return for how many that is new.

    Every row on a partnership and a part needs it; the parts must belong to the customer.

    Raises NotHere if the partnership is not in the open scope, or a part is not its customer's.
    """
    wanted = {int(part_id) for part_id in part_ids}
    partnership = Partnership.objects.filter(pk=partnership_id).first()
    if partnership is None:
        raise NotHere("partnership")
    with access.looking_as_house("see parts of the customer that nobody supplies here yet"):
        theirs = Part.objects.filter(pk__in=wanted, customer=partnership.customer_id)
        if theirs.count() != len(wanted):
            raise NotHere("part")
        known = set(
            Supply.objects.filter(partnership=partnership, part__in=wanted).values_list("part", flat=True)
        )
        new = [
            Supply(partnership=partnership, part_id=part_id, created_at=now)
            for part_id in sorted(wanted - known)
        ]
        Supply.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def remember_organisation_name(*, speaker_id: int, meant_id: int, name: str) -> None:
    """Remember what one organisation calls another, or itself, in its files.

    Raises NotHere if the one meant is no partner of the speaker in the open scope.
    """
    ends = Partnership.objects.filter(customer=speaker_id, supplier=meant_id) | Partnership.objects.filter(
        customer=meant_id, supplier=speaker_id
    )
    if speaker_id != meant_id and not ends.exists():
        raise NotHere("organisation")
    OrganisationAlias.objects.get_or_create(
        speaker_id=speaker_id, meant_id=meant_id, name_key=folded(name), defaults={"name": name}
    )


def set_responsible(*, partnership_id: int, responsible: Person | None, deputy: Person | None) -> None:
    """Say who looks after a partnership, where nobody does yet."""
    Partnership.objects.filter(pk=partnership_id, responsible=None).update(
        responsible=responsible, deputy=deputy
    )
