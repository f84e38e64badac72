"""Who sees my data: both ends are named, a grant lets a third one read, and its end ends it."""

import re

import pytest
from django.test import Client

from suppliers.access import looking_as
from suppliers.models import Partnership, PartnershipGrant
from tests.factories import make_person
from tests.rows import make_rows

pytestmark = pytest.mark.django_db


def enter(person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def owner(chain):
    """The supplier's owner, who reads English."""
    person = make_person(chain.supplier, "owner")
    person.user.language = "en"
    person.user.save()
    return person


def open_to(person, partnership, code: str):
    return enter(person).post("/sharing/open/", {"partnership": partnership.pk, "viewer": code})


def seen_by(person) -> set[int]:
    with looking_as(person):
        return set(Partnership.objects.values_list("pk", flat=True))


def test_the_page_names_both_ends_of_each_pair_and_nobody_else(chain, owner):
    said = text_of(enter(owner).get("/sharing/"))
    assert (
        "We share rows with 2 partners, each pair for itself. No third organisation sees any of it." in said
    )
    assert said.count("as the customer") == said.count("as the supplier") == 2
    assert "Sample Lead" in said and "Sample Distribution" in said
    assert "Sample B Stamping" not in said and "Sample Stranger" not in said


def test_a_customer_finds_its_own_books_too(chain):
    chain.owner.user.language = "en"
    chain.owner.user.save()
    said = text_of(enter(chain.owner).get("/sharing/"))
    assert "Our own books" in said
    assert "Sample Distribution" not in said  # the other customer of its supplier


def test_an_owner_opens_one_pair_to_a_third_and_takes_it_back(chain, owner):
    assert chain.ours.pk not in seen_by(chain.second_buyer)
    assert open_to(owner, chain.ours, "CUST2").status_code == 302
    assert seen_by(chain.second_buyer) == {chain.second.pk, chain.ours.pk}
    grant = PartnershipGrant.objects.get()
    assert enter(owner).post(f"/sharing/{grant.pk}/close/").status_code == 302
    assert seen_by(chain.second_buyer) == {chain.second.pk}
    grant.refresh_from_db()
    assert grant.revoked_at is not None
    assert grant.revoked_by == owner


def test_a_guest_reads_the_rows_and_may_not_fill_the_pair(chain, owner):
    rows = make_rows(chain.ours, chain.part, version=None)
    open_to(owner, chain.ours, "CUST2")
    guest = make_person(chain.second_customer, "owner")
    assert enter(guest).get(f"/lots/{rows.lot}/").status_code == 200
    asked = {"partnership": chain.ours.pk, "part_no": "0201001", "lot_no": "L", "inspected": 1}
    told = enter(guest).post(
        "/api/v1/uploads/",
        {"kind": "inspections", "rows": [asked], "partnership": chain.ours.pk, "dry_run": True},
        content_type="application/json",
    )
    assert told.status_code in {400, 404}


def test_both_ends_see_a_grant_and_the_other_end_may_take_it_back(chain, owner):
    open_to(owner, chain.ours, "CUST2")
    chain.owner.user.language = "en"
    chain.owner.user.save()
    said = text_of(enter(chain.owner).get("/sharing/"))
    assert "by grant" in said and "Sample Distribution" in said
    grant = PartnershipGrant.objects.get()
    assert enter(chain.owner).post(f"/sharing/{grant.pk}/close/").status_code == 302
    assert chain.ours.pk not in seen_by(chain.second_buyer)
    grant.refresh_from_db()
    assert (grant.granted_by, grant.revoked_by) == (owner, chain.owner)


def test_the_guest_is_told_what_was_opened_to_it_and_cannot_hand_it_on(chain, owner):
    open_to(owner, chain.ours, "CUST2")
    guest = make_person(chain.second_customer, "owner")
    guest.user.language = "en"
    guest.user.save()
    assert "Opened to us by others" in text_of(enter(guest).get("/sharing/"))
    assert open_to(guest, chain.ours, "S01").status_code == 404
    assert PartnershipGrant.objects.count() == 1


@pytest.mark.parametrize("who", ["engineer", "clerk", "viewer", "buyer"])
def test_only_an_owner_opens_and_takes_back(chain, owner, who):
    assert open_to(getattr(chain, who), chain.ours, "CUST2").status_code == 403
    open_to(owner, chain.ours, "CUST2")
    grant = PartnershipGrant.objects.get()
    assert enter(getattr(chain, who)).post(f"/sharing/{grant.pk}/close/").status_code == 403
    assert chain.ours.pk in seen_by(chain.second_buyer)


def test_siblings_and_strangers_can_neither_open_nor_take_back_nor_see_it(chain, owner):
    open_to(owner, chain.ours, "CUST2")
    grant = PartnershipGrant.objects.get()
    for organisation in (chain.sibling, chain.stranger):
        other = make_person(organisation, "owner")
        assert open_to(other, chain.ours, chain.customer.code).status_code == 404
        assert enter(other).post(f"/sharing/{grant.pk}/close/").status_code == 404
        assert "示例·配电" not in text_of(enter(other).get("/sharing/"))
    assert seen_by(chain.sibling_engineer) == {chain.siblings.pk, chain.foreign.pk}
    assert chain.ours.pk in seen_by(chain.second_buyer)


@pytest.mark.parametrize("code", ["OTHER", "S02", "NOBODY", ""])
def test_one_cannot_let_in_whom_one_does_not_know(chain, owner, code):
    """What is not shared with us answers like what does not exist: codes cannot be guessed here."""
    assert open_to(owner, chain.ours, code).status_code == 404
    assert not PartnershipGrant.objects.exists()


@pytest.mark.parametrize("partnership", ["", "x", "²", "9" * 30, "-1"])
def test_what_is_no_partnership_is_not_there(chain, owner, partnership):
    told = enter(owner).post("/sharing/open/", {"partnership": partnership, "viewer": "CUST2"})
    assert told.status_code == 404


def test_opening_twice_changes_nothing(chain, owner):
    open_to(owner, chain.ours, "CUST2")
    open_to(owner, chain.ours, "CUST2")
    open_to(owner, chain.ours, "LEAD")
    assert PartnershipGrant.objects.count() == 1


def test_pages_of_accounts_that_are_of_no_use_are_not_there(chain, owner):
    for path in (
        "/account/email/",
        "/account/confirm-email/",
        "/account/confirm-email/abc/",
        "/account/login/code/confirm/",
    ):
        assert enter(owner).get(path).status_code == 404, path


def test_a_login_without_a_password_sets_one_in_our_frame(chain, owner):
    owner.user.set_unusable_password()
    owner.user.save()
    client = enter(owner)
    assert client.get("/account/password/change/").headers["Location"] == "/account/password/set/"
    page = client.get("/account/password/set/").content.decode()
    assert '<nav class="rail"' in page
    client.post(
        "/account/password/set/", {"password1": "long enough words", "password2": "long enough words"}
    )
    owner.user.refresh_from_db()
    assert owner.user.check_password("long enough words")
