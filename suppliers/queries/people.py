"""People: who is who where, what is open to them, who was invited and which keys they hold."""

from collections.abc import Collection

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from suppliers import access
from suppliers.models import ApiKey, Invitation, Partnership, Person, Role, User

COMMON_ZONES = (
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Singapore",
    "Asia/Kolkata",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "UTC",
)


def people_of_user(user: User) -> QuerySet[Person]:
    """Return the people that a login is, one an organisation, in the order they were let in."""
    return Person.objects.active().filter(user=user).select_related("organisation", "user").order_by("pk")


def first_organisation_of(user: User) -> int | None:
    """Return the id of the organisation that let a login in first, of those where it still is."""
    return people_of_user(user).values_list("organisation", flat=True).first()


def people_of_organisation(organisation_id: int) -> QuerySet[Person]:
    """Return the active people of an organisation, by name."""
    return people_of_organisations([organisation_id])


def people_of_organisations(organisation_ids: Collection[int]) -> QuerySet[Person]:
    """Return the active people of some organisations, by name."""
    people = Person.objects.active().filter(organisation__in=organisation_ids)
    return people.select_related("user", "organisation").order_by("user__name", "user__email")


def addresses_of(organisation_id: int) -> set[str]:
    """Return the e-mail addresses of the active people of an organisation."""
    people = Person.objects.active().filter(organisation=organisation_id)
    return set(people.exclude(user__email=None).values_list("user__email", flat=True))


def organisations_owned_by(user: User) -> list[tuple[int, str]]:
    """Return id and name of each organisation that a login owns, whichever it looks as now."""
    owned = people_of_user(user).filter(role=Role.OWNER)
    return list(owned.values_list("organisation", "organisation__name"))


def open_invitations(person: Person) -> QuerySet[Invitation]:
    """Return the invitations of one's organisation that may still be used, the latest first."""
    mine = Invitation.objects.filter(
        invited_by__organisation=person.organisation_id, accepted_at=None, withdrawn_at=None
    )
    live = mine.filter(expires_at__gt=timezone.now())
    return live.select_related("organisation", "invited_by__user").order_by("-pk")


def suppliers_without_people(person: Person) -> list[tuple[int, str]]:
    """Return partnership id and name of each supplier whose first person this customer may invite."""
    own = person.organisation_id
    with access.looking_as_house("leave out suppliers in which others, too, have a say"):
        others = Partnership.objects.exclude(Q(customer=own) | Q(customer=F("supplier"))).filter(
            Q(supplier=OuterRef("supplier")) | Q(customer=OuterRef("supplier"))
        )
        people = Person.objects.active().filter(organisation=OuterRef("supplier"))
        mine = Partnership.objects.between_two().filter(~Exists(people), ~Exists(others), customer=own)
        mine = mine.order_by("supplier__name_key").select_related("supplier")
        return [(one.pk, one.supplier.shown_name) for one in mine]


def keys_of(person: Person) -> QuerySet[ApiKey]:
    """Return the live keys of a person; for one who manages people, those of all colleagues."""
    keys = ApiKey.objects.filter(revoked_at=None, person__left_at=None).select_related("person__user")
    if person.may_manage_people:
        return keys.filter(person__organisation=person.organisation_id).order_by("-pk")
    return keys.filter(person=person).order_by("-pk")
