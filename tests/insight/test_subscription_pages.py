"""The pages of mails: ask for one from what is looked at, change it, stop it, leave by a link."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from insight.models import Digest, Subscription
from insight.queries.subscriptions import unsubscribe_url
from insight.services import digests, subscriptions
from outbox.models import Letter
from suppliers.access import Person
from suppliers.models import User
from tests.insight.mailing import stand_in, subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def composed(monkeypatch):
    monkeypatch.setattr("insight.mails.compose", stand_in)


def as_(person: Person, language: str = "en") -> Client:
    User.objects.filter(pk=person.user_id).update(language=language)
    client = Client()
    client.force_login(person.user)
    return client


FORM = {
    "what": "overview",
    "rhythm": "weekly",
    "day_of_week": "5",
    "day_of_month": "1",
    "hour": "7",
    "language": "zh-hans",
}


def test_what_is_looked_at_is_what_the_form_begins_with(chain):
    page = as_(chain.buyer).get("/subscriptions/new/?what=overview&supplier=S01,S02&part=0201001&mine=1")
    initial = page.context["form"].initial
    assert (initial["suppliers"], initial["parts"], initial["mine"]) == (["S01", "S02"], ["0201001"], True)
    assert 'value="S01, S02"' in page.content.decode()


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("/overview/?mine=1", "what=overview&amp;mine=1"),
        ("/suppliers/", "what=suppliers"),
        ("/suppliers/S01/", "what=overview&amp;supplier=S01"),
        ("/inventory/", "what=inventory"),
        ("/passport/pass_rate/?stage=incoming", "kpi=pass_rate"),
    ],
)
def test_each_page_of_figures_has_a_door_that_brings_them_along(chain, page, told):
    assert told in as_(chain.buyer).get(page).content.decode()


def test_a_person_subscribes_changes_pauses_and_deletes(chain):
    client = as_(chain.buyer)
    page = client.post(reverse("subscription-new"), FORM | {"suppliers": "s01"}, follow=True)
    assert "s01" in page.content.decode()  # no such code: what was typed stays
    page = client.post(reverse("subscription-new"), FORM | {"suppliers": "S01; S02"}, follow=True)
    one = Subscription.objects.get()
    assert (one.rhythm, one.day, one.hour, one.filters) == ("weekly", 5, 7, {"suppliers": ["S01", "S02"]})
    assert "every Friday at 07:00" in page.content.decode()
    client.post(reverse("subscription", args=[one.pk]), FORM | {"rhythm": "monthly", "day_of_month": "31"})
    one.refresh_from_db()
    assert (one.rhythm, one.day, one.filters) == ("monthly", 31, {})
    for action, state in (("pause", "paused"), ("resume", "active")):
        client.post(reverse(f"subscription-{action}", args=[one.pk]))
        one.refresh_from_db()
        assert one.state == state
    client.post(reverse("subscription-delete", args=[one.pk]))
    assert not Subscription.objects.exists()


def test_the_same_again_is_answered_on_the_form(chain):
    client = as_(chain.buyer)
    client.post(reverse("subscription-new"), FORM)
    page = client.post(reverse("subscription-new"), FORM)
    assert "You get a mail about this already" in page.content.decode()
    assert Subscription.objects.count() == 1


def test_one_at_once_from_the_page_is_promised_once(chain):
    one = subscribe(chain.buyer, now=clock.now())
    client = as_(chain.buyer)
    for _ in range(2):
        client.post(reverse("subscription-now", args=[one.pk]))
    assert Digest.objects.filter(asked=True).count() in {1, 2}  # two, if the minute ended between them
    assert len({digest.period for digest in Digest.objects.all()}) == Digest.objects.count()


def test_a_colleague_s_subscription_is_not_there(chain):
    one = subscribe(chain.buyer)
    client = as_(chain.owner)
    for action in ("", "-preview", "-mail"):
        assert client.get(reverse(f"subscription{action}", args=[one.pk])).status_code == 404
    for action in ("-pause", "-delete", "-now"):
        assert client.post(reverse(f"subscription{action}", args=[one.pk])).status_code == 404
    assert Subscription.objects.get().is_active


def test_a_preview_stands_in_a_frame_that_may_do_nothing(chain):
    one = subscribe(chain.buyer)
    client = as_(chain.buyer)
    page = client.get(reverse("subscription-preview", args=[one.pk]))
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    mail = client.get(reverse("subscription-mail", args=[one.pk]))
    policy = mail.headers["Content-Security-Policy"]
    assert "script-src 'none'" in policy and "frame-ancestors 'self'" in policy and "img-src data:" in policy
    assert mail.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "data:image/png;base64," in mail.content.decode()
    assert "cid:" not in mail.content.decode()
    assert not Letter.objects.exists()


def path_out(subscription: Subscription) -> str:
    return unsubscribe_url(subscription.pk).removeprefix("http://127.0.0.1:8000")


def test_one_click_ends_a_subscription_without_login_cookie_or_token(chain):
    one = subscribe(chain.buyer)
    assert Client().get(path_out(one)).status_code == 200
    one.refresh_from_db()
    assert one.is_active  # scanners of mail follow links
    for _ in range(2):
        program = Client(enforce_csrf_checks=True)  # that of a mailbox: it never saw a page of ours
        assert program.post(path_out(one), {"List-Unsubscribe": "One-Click"}).status_code == 200
    one.refresh_from_db()
    assert (one.state, one.pause_reason) == ("paused", "unsubscribed")


def test_a_link_that_was_used_says_so_and_does_not_ask_again(chain):
    one = subscribe(chain.buyer)
    assert b"<form" in Client().get(path_out(one)).content
    Client().post(path_out(one))
    again = Client().get(path_out(one), headers={"accept-language": "zh-hans"}).content.decode()
    assert "已退订" in again
    assert 'name="List-Unsubscribe"' not in again


def test_it_ends_also_while_somebody_else_is_logged_in_and_after_it_was_deleted(chain):
    one = subscribe(chain.buyer)
    client = as_(chain.outsider)
    assert client.post(path_out(one)).status_code == 200
    one.refresh_from_db()
    assert not one.is_active
    subscriptions.delete(subscription_id=one.pk, person=chain.buyer)
    assert client.post(path_out(one)).status_code == 200


def test_a_link_that_was_made_up_ends_nothing(chain):
    one = subscribe(chain.buyer)
    signature = path_out(one).rstrip("/").rpartition(".")[2]
    for token in (f"{one.pk}.{signature[:-1]}", f"{one.pk + 1}.{signature}", str(one.pk), "x.y"):
        assert Client().post(f"/u/{token}/").status_code == 404
    one.refresh_from_db()
    assert one.is_active


def test_an_owner_sees_how_letters_of_the_own_organisation_fared_and_no_word_of_them(chain):
    mine, theirs = subscribe(chain.buyer), subscribe(chain.second_buyer)
    now = clock.now()
    for one in (mine, theirs):
        digest = subscriptions.send_now(subscription_id=one.pk, person=one.person, now=now)
        digests.compose_digest(digest_id=digest.pk, now=now)
    Letter.objects.update(
        attempts=3, last_answer="451 4.3.0 Come back later", due_at=now + timedelta(hours=1)
    )
    page = as_(chain.owner).get(reverse("letters")).content.decode()
    assert chain.buyer.user.email in page
    assert chain.second_buyer.user.email not in page
    assert "451 4.3.0 Come back later" in page
    letter = Letter.objects.get(to=chain.buyer.user.email)
    assert letter.subject not in page and letter.text not in page
    assert as_(chain.buyer).get(reverse("letters")).status_code == 403


def test_the_api_does_what_the_pages_do(chain):
    client = as_(chain.buyer)
    url = "/api/v1/subscriptions/"
    asked = {
        "what": "kpi",
        "rhythm": "daily",
        "hour": 8,
        "filters": {"kpi": "pass_rate", "stage": "incoming"},
    }
    made = client.post(url, asked, content_type="application/json")
    assert made.status_code == 201, made.content
    one = made.json()
    assert (one["side"], one["day"], one["state"]) == ("customer", None, "active")
    again = client.post(url, asked, content_type="application/json")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "subscribed")
    row = f"{url}{one['id']}/"
    changed = client.patch(row, {"rhythm": "weekly", "day": 7}, content_type="application/json").json()
    assert (changed["rhythm"], changed["day"], changed["filters"]) == (
        "weekly",
        7,
        {"kpi": "pass_rate", "stage": "incoming", "mine": False},
    )
    now = client.post(f"{row}send-now/")
    assert (now.status_code, now.json()["state"]) == (202, "due")
    assert client.get(row).json()["latest"]["period"] == now.json()["period"]
    assert client.post(f"{row}pause/").json()["state"] == "paused"
    assert client.post(f"{row}send-now/").json()["errors"][0]["code"] == "paused"
    assert as_(chain.owner).get(row).status_code == 404
    assert client.delete(row).status_code == 204
    assert client.get(url).json()["results"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"filters": {"kpi": "pass_rate", "suppliers": ["NOBODY"]}}, "suppliers"),
        ({"filters": {"kpi": "turnover", "stage": "incoming"}}, "stage"),
        ({"filters": {}}, "filters"),
        ({"rhythm": "weekly", "day": 8}, "day"),
        ({"hour": 24}, "hour"),
    ],
)
def test_the_api_says_where_a_question_makes_no_sense(chain, wrong, field):
    asked = {"what": "kpi", "rhythm": "daily", "hour": 8, "filters": {"kpi": "pass_rate"}} | wrong
    answer = as_(chain.buyer).post("/api/v1/subscriptions/", asked, content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, field)


def test_the_api_says_what_is_wrong_in_the_reader_s_language(chain):
    client = as_(chain.buyer, "zh-hans")
    for wrong, said in (
        ({"filters": {}}, "请说明是哪项指标。"),
        ({"rhythm": "weekly", "day": 8}, "周一为 1"),
    ):
        asked = {"what": "kpi", "rhythm": "daily", "hour": 8, "filters": {"kpi": "pass_rate"}} | wrong
        answer = client.post("/api/v1/subscriptions/", asked, content_type="application/json")
        assert said in answer.json()["errors"][0]["detail"]


def test_the_form_shows_the_day_of_the_chosen_rhythm_and_a_kpi_where_one_is_told(chain):
    client = as_(chain.buyer)
    page = client.get("/subscriptions/new/?what=kpi&kpi=ppm")
    off = {one.needs: one.off for group in page.context["form"].groups() for one in group.fields if one.needs}
    assert off == {"what=kpi": False, "rhythm=weekly": False, "rhythm=monthly": True}
    assert page.content.decode().count(" data-off>") == 1  # without a script it stands there all the same


def test_the_server_ignores_what_does_not_apply_to_the_rhythm_or_the_contents(chain):
    client = as_(chain.buyer)
    nonsense = {"rhythm": "daily", "day_of_week": "9", "day_of_month": "", "kpi": "no-such", "stage": "x"}
    assert client.post(reverse("subscription-new"), FORM | nonsense).status_code == 302
    one = Subscription.objects.get()
    assert (one.rhythm, one.day, one.filters) == ("daily", None, {})
    page = client.post(reverse("subscription-new"), FORM | {"what": "tasks", "day_of_week": "9"})
    assert set(page.context["form"].errors) == {"day_of_week"}
