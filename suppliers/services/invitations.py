"""Invitations: a link by mail, used once, until a day, by whoever reads the mail of that address."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

import outbox.services as outbox
from core.text import folded, pinyin_key
from suppliers import access
from suppliers.models import Invitation, Organisation, OrganisationAlias, Partnership, Person, Role, User
from suppliers.queries.sessions import key_hash
from suppliers.services.lists import free_code
from suppliers.services.partnerships import NotHere, lock_organisation
from suppliers.services.people import MayNot


class AlreadyHere(Exception):
    """Who is invited is in the organisation already."""


class HasItsOwnPeople(Exception):
    """The organisation is not this customer's alone to let people into: its owner invites them."""


class Gone(Exception):
    """The invitation was used, withdrawn or has expired, or never was."""


@transaction.atomic
def invite_colleague(*, email: str, role: str, by: Person, now: datetime, language: str = "") -> Invitation:
    """Invite somebody into one's own organisation, by mail; an earlier open invitation is withdrawn.

    Raises MayNot if `by` does not manage people, AlreadyHere.
    """
    if not by.may_manage_people:
        raise MayNot("invite")
    return _invite(by.organisation, email, role, by=by, now=now, language=language, partnership=None)


@transaction.atomic
def invite_supplier(
    *,
    email: str,
    by: Person,
    now: datetime,
    language: str = "",
    partnership_id: int | None = None,
    name: str = "",
    code: str = "",
) -> Invitation:
    """Invite the first person of a supplier, who becomes its owner, onto a partnership with us.

    With `name` (and the `code` that we give it) the supplier and the partnership are made.

    Raises MayNot if the role of `by` may not make suppliers, NotHere if we do not buy in the partnership,
    HasItsOwnPeople, AlreadyHere.
    """
    if not by.may_define:
        raise MayNot("invite")
    if partnership_id is None:
        partnership = _make_supplier(by.organisation, name, code, now=now)
    else:
        partnership = _we_buy_in(partnership_id, by)
    with access.looking_as_house("the mail names both ends of the partnership"):
        return _invite(
            partnership.supplier,
            email,
            Role.OWNER,
            by=by,
            now=now,
            language=language,
            partnership=partnership,
        )


def withdraw_invitation(*, invitation_id: int, by: Person, now: datetime) -> None:
    """Withdraw an open invitation that somebody of our organisation sent.

    Raises NotHere if there is none, or the role of `by` could not have sent it.
    """
    mine = Invitation.objects.filter(
        pk=invitation_id, invited_by__organisation=by.organisation_id, accepted_at=None, withdrawn_at=None
    )
    allowed = Q(partnership__isnull=False) if by.may_define else Q(pk__in=())
    if by.may_manage_people:
        allowed |= Q(partnership=None)
    if not mine.filter(allowed).update(withdrawn_at=now):
        raise NotHere("invitation")


def open_invitation(token: str) -> Invitation:
    """Return the invitation of a link that may still be used. Links run on real time.

    Raises Gone.
    """
    invitation = (
        Invitation.objects.filter(token_hash=key_hash(token), accepted_at=None, withdrawn_at=None)
        .filter(expires_at__gt=timezone.now())
        .select_related("organisation", "invited_by__user", "invited_by__organisation", "partnership")
        .first()
    )
    if invitation is None:
        raise Gone
    return invitation


def invited_user(invitation: Invitation) -> User | None:
    """Return the login that the invited address has already."""
    return User.objects.filter(email__iexact=invitation.email, is_active=True).first()


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, language: str, now: datetime) -> Person:
    """Use an invitation up by making a login of the invited address, and return its person.

    Raises Gone, also if the address has a login by now.
    """
    invitation = _take(token)
    if invited_user(invitation) is not None:
        raise Gone
    user = User.objects.create_user(
        invitation.email, password, name=name, language=language, zone=invitation.organisation.zone
    )
    return _let_in(user, invitation, now=now)


@transaction.atomic
def accept_invitation_as(*, token: str, user: User, now: datetime, into: int | None = None) -> Person:
    """Use an invitation up with the login of the invited address, and return the person it now is.

    With `into`, an organisation that this login owns, the partnership goes over to that organisation: a
    supplier with two customers is one company, not two.

    Raises Gone, also if the invitation is another address's; NotHere if `into` is not the login's own, and
    AlreadyHere if it is a supplier of the customer already.
    """
    invitation = _take(token)
    if invited_user(invitation) != user:
        raise Gone
    if into is None or invitation.partnership_id is None:
        return _let_in(user, invitation, now=now)
    owner = Person.objects.active().filter(user=user, organisation=into, role=Role.OWNER).first()
    if owner is None:
        raise NotHere("organisation")
    _hand_over(invitation.partnership_id, into)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=now)
    return owner


def _take(token: str) -> Invitation:
    Invitation.objects.filter(token_hash=key_hash(token)).select_for_update().first()
    return open_invitation(token)


def _let_in(user: User, invitation: Invitation, *, now: datetime) -> Person:
    person, _made = Person.objects.update_or_create(
        user=user,
        organisation=invitation.organisation,
        defaults={"role": invitation.role, "joined_at": now, "left_at": None},
    )
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=now)
    return person


def _hand_over(partnership_id: int, supplier_id: int) -> None:
    """Let another organisation be the supplier of a partnership whose own supplier has nobody yet."""
    with access.looking_as_house("one company is to be one supplier of its customers"):
        partnership = Partnership.objects.select_for_update().get(pk=partnership_id)
        if partnership.customer_id == supplier_id:
            raise NotHere("organisation")
        if Person.objects.active().filter(organisation=partnership.supplier_id).exists():
            raise Gone
        if Partnership.objects.filter(customer=partnership.customer_id, supplier=supplier_id).exists():
            raise AlreadyHere
        names = OrganisationAlias.objects.filter(
            speaker=partnership.customer_id, meant=partnership.supplier_id
        )
        names.update(meant=supplier_id)
        Partnership.objects.filter(pk=partnership_id).update(supplier=supplier_id)


def _invite(
    organisation: Organisation,
    email: str,
    role: str,
    *,
    by: Person,
    now: datetime,
    language: str,
    partnership: Partnership | None,
) -> Invitation:
    email = email.strip().lower()
    if Person.objects.active().filter(user__email=email, organisation=organisation).exists():
        raise AlreadyHere
    Invitation.objects.filter(
        organisation=organisation, email=email, accepted_at=None, withdrawn_at=None
    ).update(withdrawn_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        organisation=organisation,
        role=role,
        partnership=partnership,
        language=language or by.user.language,
        token_hash=key_hash(token),
        invited_by=by,
        created_at=now,
        expires_at=timezone.now() + timedelta(days=settings.INVITATION_DAYS),
    )
    _write(invitation, token, now=now)
    return invitation


def _write(invitation: Invitation, token: str, *, now: datetime) -> None:
    words = {
        "invitation": invitation,
        "organisation": invitation.organisation,
        "customer": invitation.partnership and invitation.partnership.customer,
        "who": invitation.invited_by.user,
        "link": settings.SITE_URL + reverse("invitation", args=[token]),
        "days": settings.INVITATION_DAYS,
    }
    with translation.override(invitation.language):
        outbox.write_letter(
            subject_key=f"invitation:{invitation.pk}",
            to=invitation.email,
            language=invitation.language,
            subject=render_to_string("suppliers/mail/invitation_subject.txt", words),
            text=render_to_string("suppliers/mail/invitation.txt", words),
            organisation_id=invitation.invited_by.organisation_id,
            secret=True,
            now=now,
        )


def _make_supplier(customer: Organisation, name: str, code: str, *, now: datetime) -> Partnership:
    lock_organisation(customer.pk)
    with access.looking_as_house("make a supplier that no partnership shows yet"):
        taken = Organisation.objects.filter(code__startswith=f"{customer.code}.")
        supplier = Organisation.objects.create(
            code=free_code(customer.code, code, set(taken.values_list("code", flat=True))),
            name=name,
            name_key=pinyin_key(name),
            zone=customer.zone,
            simulated=customer.simulated,
            created_at=now,
        )
        if code:
            OrganisationAlias.objects.create(
                speaker=customer, meant=supplier, name=code, name_key=folded(code)
            )
        return Partnership.objects.create(customer=customer, supplier=supplier, created_at=now)


def _we_buy_in(partnership_id: int, by: Person) -> Partnership:
    mine = Partnership.objects.between_two().filter(pk=partnership_id, customer=by.organisation_id)
    partnership = mine.select_related("customer", "supplier").first()
    if partnership is None:
        raise NotHere("partnership")
    with access.looking_as_house("see whether others, too, have a say about this supplier"):
        supplier = partnership.supplier_id
        others = Partnership.objects.filter(Q(supplier=supplier) | Q(customer=supplier)).exclude(
            customer=by.organisation_id
        )
        people = Person.objects.active().filter(organisation=supplier)
        # Its first person sees all that is the supplier's: one customer alone must not choose it.
        if people.exists() or others.between_two().exists():
            raise HasItsOwnPeople
    return partnership
