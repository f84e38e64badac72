"""From a file to the rows that it made, and from a lot back to its file; another's file is no file at all."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from core import origins
from intake.services import commit
from quality.models import Lot
from suppliers.access import looking_as
from tests.intake.files import NOW, book, hand_in, sheet

STOCK = sheet("盘点日期,供应商,物料编码,仓库,期末结存", "2026-05-01,S01,0201002,原材料仓,100")


def client_of(person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_saved_file_leads_to_its_lots_and_a_lot_to_its_file(chain):
    first = hand_in(chain.clerk, book(("J1", 0), ("J2", 1)), partnership_id=chain.ours.pk)
    hand_in(chain.clerk, book(("J3", 0)), "6月.csv", partnership_id=chain.ours.pk)
    clerk = client_of(chain.clerk)
    leads_to = f"{reverse('lots')}?submission=all&amp;upload={first.pk}"
    assert f'href="{leads_to}"' in page(clerk, reverse("upload", args=[first.pk]))
    lots = page(clerk, leads_to.replace("&amp;", "&"))
    assert re.findall(r">\s*(J\d)\s*<", lots) == [
        "J2",
        "J1",
    ]  # letters alone may stand in a token of the form
    assert "5月.csv" in lots
    with looking_as(chain.clerk):
        lot = Lot.objects.get(number="J1")
    assert f'href="{reverse("upload", args=[first.pk])}"' in page(clerk, reverse("lot", args=[lot.pk]))


def test_the_other_side_sees_the_lot_and_neither_file_nor_what_it_made(chain):
    upload = hand_in(chain.clerk, book(("J1", 0)), partnership_id=chain.ours.pk)
    buyer = client_of(chain.buyer)
    with looking_as(chain.buyer):
        lot = Lot.objects.get(number="J1")
    assert f"/uploads/{upload.pk}/" not in page(buyer, reverse("lot", args=[lot.pk]))
    foreign, nowhere = (
        re.sub("<[^>]+>", "", page(buyer, f"{reverse('lots')}?upload={pk}").partition("<main")[2])
        for pk in (upload.pk, 10**6)
    )
    assert "J1" not in foreign
    assert foreign == nowhere


def test_nobody_but_the_sender_learns_of_a_file_by_its_number_or_its_commits(chain):
    upload = hand_in(chain.clerk, book(("J1", 0)), partnership_id=chain.ours.pk)
    with looking_as(chain.viewer):
        commits = origins.commits_of(upload.pk)
        assert origins.source_or_none(upload.pk).name == "5月.csv"
        assert set(origins.sources_of(commits)) == set(commits) != set()
    for person in (chain.buyer, chain.sibling_engineer, chain.second_buyer, chain.outsider):
        with looking_as(person):
            assert origins.commits_of(upload.pk) == []
            assert origins.source_or_none(upload.pk) is None
            assert origins.sources_of(commits) == {}


@pytest.mark.parametrize(("kind", "rows", "route"), [("stock", STOCK, "balances")])
def test_what_is_no_lot_leads_to_its_own_list(chain, kind, rows, route):
    upload = hand_in(chain.buyer, rows, f"{kind}.csv", kind=kind)
    buyer = client_of(chain.buyer)
    address = f"{reverse(route)}?upload={upload.pk}"
    assert f'href="{address}"' in page(buyer, reverse("upload", args=[upload.pk]))
    assert "原材料仓" in page(buyer, address)
    api = buyer.get(reverse("api-balance-list"), {"upload": upload.pk}).json()
    assert len(api["results"]) == 1
    assert buyer.get(reverse("api-balance-list"), {"upload": upload.pk + 1}).json()["results"] == []


def test_a_file_that_was_taken_back_leads_nowhere(chain):
    upload = hand_in(chain.clerk, book(("J1", 0)), partnership_id=chain.ours.pk)
    with looking_as(chain.clerk):
        commit.undo(upload_id=upload.pk, person=chain.clerk, now=NOW, seconds=None)
    assert "?upload=" not in page(client_of(chain.clerk), reverse("upload", args=[upload.pk]))
