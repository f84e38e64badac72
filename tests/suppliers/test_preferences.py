"""How a person looks: language, side, keys."""

import pytest
from django.test import Client

from suppliers.models import Person, User
from tests.cast import Chain
from tests.factories import LONG_AGO, make_partnership, make_person

MODEL = "allauth.account.auth_backends.AuthenticationBackend"


def enter(client: Client, person: Person) -> None:
    client.force_login(person.user, backend=MODEL)


def test_a_stranger_changes_the_language_for_its_browser(client: Client, db: None) -> None:
    client.post("/account/language/", {"language": "en", "next": "/account/login/"})
    assert 'lang="en"' in client.get("/account/login/").content.decode()


def test_a_person_changes_the_language_for_good(client: Client, chain: Chain) -> None:
    enter(client, chain.buyer)
    response = client.post("/account/language/", {"language": "en", "next": "/lots/"})
    assert response.headers["Location"] == "/lots/"
    assert User.objects.get(pk=chain.buyer.user_id).language == "en"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_change_never_leads_to_another_site(client: Client, chain: Chain, elsewhere: str) -> None:
    enter(client, chain.buyer)
    response = client.post("/account/language/", {"language": "en", "next": elsewhere})
    assert response.headers["Location"] == "/"


def test_an_unknown_language_changes_nothing(client: Client, chain: Chain) -> None:
    enter(client, chain.buyer)
    client.post("/account/language/", {"language": "xx"})
    assert User.objects.get(pk=chain.buyer.user_id).language == "zh-hans"


def test_single_keys_can_be_switched_off(client: Client, chain: Chain) -> None:
    enter(client, chain.buyer)
    client.post("/account/single-keys/", {"single_keys": "off"})
    assert 'data-keys="off"' in client.get("/lots/").content.decode()


def test_an_organisation_on_both_sides_looks_from_the_one_it_chose(client: Client, chain: Chain) -> None:
    make_partnership(chain.supplier, chain.sibling)
    enter(client, chain.engineer)
    assert "今天要处理" in client.get("/").content.decode()
    client.post("/account/seat/", {"seat": f"{chain.engineer.pk}:supplier"})
    assert "要您处理" in client.get("/").content.decode()


def test_a_login_of_two_organisations_changes_between_them(client: Client, chain: Chain) -> None:
    other = Person.objects.create(
        user=chain.buyer.user, organisation=chain.stranger, role="viewer", joined_at=LONG_AGO
    )
    enter(client, chain.buyer)
    client.post("/account/seat/", {"seat": f"{other.pk}:"})
    assert "示例·路人" in client.get("/").content.decode()


def test_nobody_takes_the_seat_of_somebody_else(client: Client, chain: Chain) -> None:
    enter(client, make_person(chain.customer, "viewer"))
    assert client.post("/account/seat/", {"seat": f"{chain.buyer.pk}:"}).status_code == 404
