"""A person keeps a page with its filters; days may move along with the data; nobody else sees it."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from django.test import Client
from django.urls import reverse

from insight.models import SavedView
from tests.insight.test_pages import text_of

HALF = "from=2026-01-01&to=2026-06-30"


def keep(client: Client, address: str, **told: str):
    return client.post("/views/new/", {"address": address, "name": "mine", **told})


def test_a_view_is_kept_and_opens_the_same_page(enter):
    client = enter("LEAD")
    answer = keep(client, f"/lots/?{HALF}&stage=outgoing&supplier=S02")
    assert answer.headers["Location"] == f"/lots/?{HALF}&stage=outgoing&supplier=S02"
    view = SavedView.objects.get()
    assert client.get(reverse("saved-view", args=[view.pk])).headers["Location"] == answer.headers["Location"]
    assert "mine" in text_of(client.get("/views/"))
    assert f'href="/views/{view.pk}/">mine</a>' in client.get("/lots/").content.decode()


def test_a_period_that_moves_along_ends_with_the_data(enter, books):
    client = enter("LEAD")
    offered = client.get("/views/new/", {"address": f"/overview/?{HALF}"}).content.decode()
    assert re.findall(r'<option value="(\w*)"', offered) == ["6_months", "this_year", ""]
    keep(client, f"/overview/?{HALF}&stage=outgoing", span="6_months")
    view = SavedView.objects.get()
    assert "from" not in view.query
    asked = parse_qs(urlparse(client.get(f"/views/{view.pk}/").headers["Location"]).query)
    assert asked == {"from": ["2026-01-01"], "to": ["2026-06-30"], "stage": ["outgoing"]}


def test_moving_days_move(enter, settings, books):
    client = enter("LEAD")
    keep(client, f"/overview/?{HALF}", span="6_months")
    settings.CLOCK_DATE = "2026-05-20"  # what came later is not there yet
    asked = parse_qs(urlparse(client.get(f"/views/{SavedView.objects.get().pk}/").headers["Location"]).query)
    assert asked == {"from": ["2025-12-01"], "to": ["2026-05-20"]}


def test_other_days_stay_as_they_are(enter):
    client = enter("LEAD")
    keep(client, "/overview/?from=2026-02-03&to=2026-04-05", span="6_months")
    assert not SavedView.objects.exists()  # such days are no six months
    keep(client, "/overview/?from=2026-02-03&to=2026-04-05")
    assert SavedView.objects.get().query == "from=2026-02-03&to=2026-04-05"


def test_a_name_is_taken_once_by_a_person_and_free_for_the_next(enter):
    keep(enter("LEAD"), "/lots/")
    assert "You have a view of this name" in text_of(keep(enter("LEAD"), "/parts/"))
    keep(enter("S01"), "/lots/")
    assert SavedView.objects.count() == 2


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/", "//elsewhere.example/", "/api/v1/lots/", "/no-such-page/", "", "/views/"],
)
def test_nothing_but_pages_of_ours_is_kept(enter, address):
    assert keep(enter("LEAD"), address).status_code == 404
    assert not SavedView.objects.exists()


def test_a_view_is_renamed_and_deleted(enter):
    client = enter("LEAD")
    keep(client, "/lots/")
    view = SavedView.objects.get()
    client.post(f"/views/{view.pk}/rename/", {"name": "lots of today"})
    assert SavedView.objects.get().name == "lots of today"
    client.post(f"/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_nobody_opens_renames_or_deletes_another_s_view(enter):
    keep(enter("LEAD"), "/lots/?lot=secret")
    view = SavedView.objects.get()
    for stranger in ("S01", "S02"):
        client = enter(stranger)
        assert client.get(f"/views/{view.pk}/").status_code == 404
        assert client.post(f"/views/{view.pk}/rename/", {"name": "ours"}).status_code == 404
        assert client.post(f"/views/{view.pk}/delete/").status_code == 404
        assert "mine" not in text_of(client.get("/views/"))
    colleague = enter("LEAD", role="viewer")
    assert colleague.get(f"/views/{view.pk}/").status_code == 404
    assert SavedView.objects.get().name == "mine"
