"""People come in by invitation, look by their role, and are out on the next request."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import clock
from outbox.models import Letter
from suppliers import services
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Invitation, Organisation, Partnership, Person, User
from tests.factories import make_organisation, make_partnership, make_person

PASSWORD = "correct horse battery"


def link_in(letter: Letter) -> str:
    """The address of the link in a letter, without the site."""
    (link,) = re.findall(r"http://127\.0\.0\.1:8000(/\S+)", letter.text)
    return link


def invite_a_colleague(chain, email="new@lead.example") -> str:
    with looking_as(chain.owner):
        services.invite_colleague(email=email, role="viewer", by=chain.owner, now=clock.now())
    return link_in(Letter.objects.get(to=email))


def accept(client, link, **more):
    data = {"name": "新同事", "password1": "long and uncommon", "language": "zh-hans"}
    return client.post(link, data | more)


def test_an_invited_colleague_sets_a_password_and_is_in(client, chain):
    link = invite_a_colleague(chain)
    assert "new@lead.example" in client.get(link).text
    response = accept(client, link)
    assert response.status_code == 302
    person = Person.objects.get(user__email="new@lead.example")
    assert (person.organisation, person.role, person.user.name) == (chain.customer, "viewer", "新同事")
    assert client.get(reverse("account")).status_code == 200


def test_an_invitation_works_once(client, chain):
    link = invite_a_colleague(chain)
    accept(client, link)
    again = Client()
    assert again.get(link).status_code == 404
    assert accept(again, link).status_code == 404
    assert again.get(reverse("account")).status_code == 302


def test_an_invitation_ends_with_its_day_when_it_is_withdrawn_and_when_it_is_repeated(client, chain):
    link = invite_a_colleague(chain)
    invitations = Invitation.objects.filter(email="new@lead.example")
    invitations.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 404
    invitations.update(expires_at=timezone.now() + timedelta(days=1))
    assert client.get(link).status_code == 200
    with looking_as(chain.owner):
        services.invite_colleague(email="NEW@lead.example", role="owner", by=chain.owner, now=clock.now())
    assert client.get(link).status_code == 404
    (repeated,) = invitations.filter(withdrawn_at=None)
    client.force_login(chain.owner.user)
    client.post(reverse("invitation-withdraw", args=[repeated.pk]))
    assert not invitations.filter(withdrawn_at=None).exists()


def test_an_invitation_is_bound_to_its_address(client, chain):
    link = invite_a_colleague(chain, email=chain.second_buyer.user.email)
    client.force_login(chain.outsider.user)
    assert client.get(link).url.startswith(reverse("account_login"))
    assert client.post(link).url.startswith(reverse("account_login"))
    assert not Person.objects.filter(user=chain.outsider.user, organisation=chain.customer).exists()
    client.force_login(chain.second_buyer.user)
    assert client.post(link).status_code == 302
    assert Person.objects.filter(user=chain.second_buyer.user, organisation=chain.customer).exists()


def test_a_weak_password_is_told_and_uses_nothing_up(client, chain):
    link = invite_a_colleague(chain)
    assert "field-wrong" in accept(client, link, password1="short").text
    assert accept(client, link).status_code == 302


def test_a_customer_invites_the_first_person_of_a_supplier_that_it_names(client, chain):
    client.force_login(chain.buyer.user)
    form = {"name": "示例·新厂", "code": "V9", "email": "boss@new.example", "language": "en"}
    assert client.post(reverse("supplier-invite"), form).status_code == 302
    letter = Letter.objects.get(to="boss@new.example")
    assert "invites you to hand in the data of 示例·新厂" in letter.text
    newcomer = Client()
    accept(newcomer, link_in(letter))
    boss = Person.objects.get(user__email="boss@new.example")
    assert (boss.role, boss.organisation.code) == ("owner", "LEAD.V9")
    with looking_as(boss):
        assert Partnership.objects.get().customer == chain.customer


def test_a_customer_cannot_choose_who_looks_for_a_supplier_that_is_not_its_own_alone(client, chain):
    shared = make_organisation("S77")
    ours = make_partnership(chain.customer, shared)
    make_partnership(chain.stranger, shared)
    client.force_login(chain.buyer.user)
    for partnership in (ours, chain.ours):
        client.post(
            reverse("supplier-invite"),
            {"partnership": partnership.pk, "email": "mole@lead.example", "language": "en"},
        )
    with looking_as(chain.buyer), pytest.raises(services.HasItsOwnPeople):
        services.invite_supplier(
            email="mole@lead.example", partnership_id=ours.pk, by=chain.buyer, now=clock.now()
        )
    with looking_as(chain.buyer), pytest.raises(services.NotHere):
        services.invite_supplier(
            email="mole@lead.example", partnership_id=chain.second.pk, by=chain.buyer, now=clock.now()
        )
    assert not Invitation.objects.exists()


def invite_twice(chain, *addresses) -> list[str]:
    """Links of invitations to be the first person of one new supplier of the chain's customer."""
    with looking_as(chain.buyer):
        first = services.invite_supplier(email=addresses[0], name="新厂", by=chain.buyer, now=clock.now())
    for email in addresses[1:]:
        with looking_as(chain.buyer):
            services.invite_supplier(
                email=email, partnership_id=first.partnership_id, by=chain.buyer, now=clock.now()
            )
    return [link_in(Letter.objects.get(to=email)) for email in addresses]


def test_once_a_supplier_has_its_first_person_no_other_link_of_the_customer_makes_one(chain):
    real, mole = invite_twice(chain, "real@new.example", "mole@lead.example")
    assert accept(Client(), real).status_code == 302
    assert accept(Client(), mole).status_code == 404
    assert not User.objects.filter(email="mole@lead.example").exists()
    assert not Invitation.objects.filter(accepted_at=None, withdrawn_at=None).exists()


def test_a_supplier_that_goes_over_to_its_own_company_leaves_no_other_link(client, chain):
    owner = make_person(make_organisation("S88"), "owner")
    owner_link, mole = invite_twice(chain, owner.user.email, "mole@lead.example")
    client.force_login(owner.user)
    assert client.post(owner_link, {"into": owner.organisation_id}).status_code == 302
    assert accept(Client(), mole).status_code == 404


@pytest.mark.parametrize("meanwhile", ["people", "another customer"])
def test_an_invitation_to_a_supplier_is_refused_once_others_have_a_say_about_it(client, chain, meanwhile):
    (link,) = invite_twice(chain, "mole@lead.example")
    supplier = Invitation.objects.get().organisation
    if meanwhile == "people":
        make_person(supplier, "owner")
    else:
        make_partnership(chain.stranger, supplier)
    refused = accept(client, link)
    assert refused.status_code == 409
    assert "这家供应商自己邀请人员" in refused.text
    assert not Person.objects.filter(user__email="mole@lead.example").exists()
    known = make_person(chain.customer, "viewer")
    Invitation.objects.update(email=known.user.email)
    client.force_login(known.user)
    assert client.post(link).status_code == 409
    assert Person.objects.filter(user=known.user).count() == 1


def test_a_supplier_of_two_customers_stays_one_company(client, chain):
    owner = make_person(chain.supplier, "owner")
    with looking_as(chain.outsider):
        services.invite_supplier(
            email=owner.user.email, name="甲冲压", code="9001", by=chain.outsider, now=clock.now()
        )
    link = link_in(Letter.objects.get())
    client.force_login(owner.user)
    assert "示例·甲冲压" in client.get(link).text
    assert client.post(link, {"into": chain.sibling.pk}).status_code == 200  # not the owner's own
    assert client.post(link, {"into": chain.supplier.pk}).status_code == 302
    with looking_as(owner):
        customers = set(
            Partnership.objects.filter(supplier=chain.supplier).values_list("customer__code", flat=True)
        )
    assert customers == {"LEAD", "CUST2", "OTHER"}
    assert Person.objects.filter(user=owner.user).count() == 1


def test_whoever_is_shut_out_is_out_on_the_next_request(client, chain):
    browser, machine = Client(), Client()
    browser.force_login(chain.buyer.user)
    _key, token = services.make_key(person=chain.buyer, name="erp", may_write=True, now=clock.now())
    header = {"Authorization": f"Api-Key {token}"}
    assert browser.get(reverse("account")).status_code == 200
    assert machine.get("/api/v1/partnerships/", headers=header).status_code == 200
    with looking_as(chain.buyer):
        services.invite_supplier(email="x@y.example", name="X", by=chain.buyer, now=clock.now())

    client.force_login(chain.owner.user)
    client.post(reverse("person-take-away", args=[chain.buyer.pk]))

    assert browser.get(reverse("account")).url.startswith(reverse("account_login"))
    assert machine.get("/api/v1/partnerships/", headers=header).status_code == 401
    assert not Invitation.objects.filter(withdrawn_at=None).exists()
    login = {"login": chain.buyer.user.email, "password": PASSWORD}
    assert Client().post(reverse("account_login"), login).status_code == 200  # the form, with its problem


def test_a_role_that_is_taken_away_is_gone_on_the_next_request_and_ends_sessions(client, chain):
    browser = Client()
    browser.force_login(chain.buyer.user)
    key, _token = services.make_key(person=chain.buyer, name="erp", may_write=True, now=clock.now())
    client.force_login(chain.owner.user)
    client.post(reverse("role-change", args=[chain.buyer.pk]), {"role": "viewer"})
    assert browser.get(reverse("account")).status_code == 302
    browser.force_login(User.objects.get(pk=chain.buyer.user.pk))
    assert browser.post(reverse("supplier-invite"), {"name": "Y", "email": "y@y.example"}).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_role_that_is_taken_away_does_not_come_back_by_an_invitation_to_a_second_address(client, chain):
    boss = make_person(chain.customer, "owner", "boss@lead.example")
    with looking_as(boss):
        services.invite_colleague(email="boss@home.example", role="owner", by=boss, now=clock.now())
        services.invite_supplier(email="x@y.example", name="X", by=boss, now=clock.now())
    second = link_in(Letter.objects.get(to="boss@home.example"))
    client.force_login(chain.owner.user)
    client.post(reverse("role-change", args=[boss.pk]), {"role": "quality_engineer"})
    assert accept(Client(), second).status_code == 404
    still_open = Invitation.objects.filter(withdrawn_at=None)
    assert [one.email for one in still_open] == ["x@y.example"]  # an engineer may still invite suppliers
    client.post(reverse("role-change", args=[boss.pk]), {"role": "uploader"})
    assert not still_open.all().exists()


def test_whoever_is_shut_out_is_not_let_in_again_by_an_earlier_invitation(client, chain):
    link = invite_a_colleague(chain, email="buyer@later.example")
    User.objects.filter(pk=chain.buyer.user_id).update(email="Buyer@later.example")
    client.force_login(chain.owner.user)
    client.post(reverse("person-take-away", args=[chain.buyer.pk]))
    browser = Client()
    browser.force_login(User.objects.get(pk=chain.buyer.user_id))
    assert browser.post(link).status_code == 404
    assert not Person.objects.active().filter(pk=chain.buyer.pk).exists()


def test_an_organisation_keeps_an_owner(client, chain):
    client.force_login(chain.owner.user)
    client.post(reverse("person-take-away", args=[chain.owner.pk]))
    client.post(reverse("role-change", args=[chain.owner.pk]), {"role": "viewer"})
    assert Person.objects.active().get(pk=chain.owner.pk).role == "owner"


def test_nobody_manages_the_people_of_another_organisation(client, chain):
    client.force_login(chain.owner.user)
    for person in (chain.engineer, chain.outsider):
        for url in (reverse("person-take-away", args=[person.pk]), reverse("role-change", args=[person.pk])):
            assert client.post(url, {"role": "viewer"}).status_code == 404
    client.force_login(chain.buyer.user)  # no owner
    assert client.post(reverse("person-take-away", args=[chain.owner.pk])).status_code == 403


def test_a_key_is_shown_once_kept_hashed_and_read_or_write(client, chain):
    client.force_login(chain.engineer.user)
    shown = client.post(reverse("key-make"), {"name": "MES"}).text
    token = re.search(r"Api-Key ([0-9a-f]{12}\.\S+)</pre>", shown)[1]
    key = chain.engineer.api_keys.get()
    assert token.partition(".")[2] not in (key.hash, client.get(reverse("account")).text)
    assert not key.may_write
    machine = Client(headers={"Authorization": f"Api-Key {token}"})
    assert machine.get("/api/v1/partnerships/").status_code == 200
    key.refresh_from_db()
    assert key.last_used_at is not None
    client.post(reverse("key-revoke", args=[key.pk]))
    assert machine.get("/api/v1/partnerships/").status_code == 401


def test_a_key_opens_no_page(chain):
    _key, token = services.make_key(person=chain.owner, name="erp", may_write=False, now=clock.now())
    machine = Client(headers={"Authorization": f"Api-Key {token}"})
    assert machine.get(reverse("people")).status_code == 302
    assert machine.post(reverse("key-make"), {"name": "more", "may_write": "on"}).status_code == 302
    assert chain.owner.api_keys.count() == 1


def test_who_may_only_look_gets_no_key_that_writes(client, chain):
    client.force_login(chain.viewer.user)
    client.post(reverse("key-make"), {"name": "sneaky", "may_write": "on"})
    assert not chain.viewer.api_keys.exists()


def test_language_and_zone_are_the_person_s(client, chain):
    client.force_login(chain.buyer.user)
    client.post(reverse("account"), {"name": "王工", "language": "en", "zone": "Europe/Berlin"})
    response = client.get(reverse("account"))
    assert response.headers["Content-Language"] == "en"
    assert "My account" in response.text
    assert 'value="Europe/Berlin"' in response.text
    wrong = client.post(reverse("account"), {"name": "王工", "language": "en", "zone": "Mars"})
    assert "There is no zone of this name" in wrong.text


def test_one_can_log_out_everywhere_else(client, chain):
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(chain.buyer.user)
    client.post(reverse("sessions-end"))
    assert client.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302


def test_a_new_supplier_s_code_tells_nothing_of_others(chain):
    with looking_as(chain.buyer):
        for code in ("OTHER", "NOBODY"):
            services.invite_supplier(
                email=f"{code}@x.example", name=code, code=code, by=chain.buyer, now=clock.now()
            )
    with looking_as_house("look at what was made"):
        codes = set(Organisation.objects.filter(code__startswith="LEAD.").values_list("code", flat=True))
    assert codes == {"LEAD.OTHER", "LEAD.NOBODY"}
