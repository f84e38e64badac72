"""The chart page of a characteristic: its first line, its signals, and the way from a point to its lot."""

import html
import io
import json
import re

import openpyxl
import pytest
from django.test import Client

from tests.cast import Chain
from tests.quality.test_process_charts import VALUES, record


@pytest.fixture
def client(chain: Chain) -> Client:
    client = Client()
    chain.engineer.user.language = "en"
    chain.engineer.user.save()
    client.force_login(chain.engineer.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def thirty(chain: Chain) -> str:
    record(chain.ours, chain.part.pk, chain.length.pk, VALUES)
    return f"/parts/{chain.part.pk}/{chain.length.pk}/"


def lead(response) -> str:
    found = re.search(r'<p class="lead.*?">(.*?)</p>', response.text, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", found.group(1)))


def data(response) -> dict:
    return json.loads(re.search(r'<script id="control-data"[^>]*>(.*?)</script>', response.text).group(1))


def test_a_lot_beyond_the_limits_is_said_first_and_leads_to_its_rows(client, thirty):
    page = client.get(thirty)
    assert lead(page).startswith("1 of 30 points signals (run rule 1).")
    drawn = data(page)
    assert drawn["tracks"][0]["values"] == pytest.approx(VALUES.mean(1))
    assert drawn["tracks"][0]["marks"] == [[29, "1"]]
    lot = client.get(drawn["links"][29])
    assert lot.status_code == 200 and "J29" in lot.text
    # Without a script the same stands in the table, the latest point first.
    first = re.search(r"<tbody><tr data-row>(.*?)</tr>", page.text, re.DOTALL).group(1)
    assert "J29" in first and "beyond the control limits" in first


def test_each_rule_may_be_switched_off_and_another_chart_chosen(client, thirty):
    off = client.get(thirty, {"rules": "", "chart": "xbar_s"})
    assert lead(off).startswith("No run rule is switched on.")
    assert [track["name"] for track in data(off)["tracks"]] == ["Mean", "Standard deviation"]
    assert "The data ask for the Xbar-R chart" in off.text
    weco = client.get(thirty, {"rules": "weco1"})
    assert data(weco)["tracks"][0]["marks"] == [[29, "W1"]]


def test_lots_after_the_limits_were_made_do_not_move_them(client, thirty):
    every, early = client.get(thirty), client.get(thirty, {"limits_until": "2026-01-24"})
    track = data(early)["tracks"][0]
    assert track["centre"][0] == pytest.approx(VALUES[:20].mean())
    assert track["centre"] != data(every)["tracks"][0]["centre"]
    assert data(early)["begins"]["at"] == 20


def test_the_workbook_has_every_point_and_value(client, thirty):
    answer = client.get(thirty, {"as": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    points, values = book["Control chart"], book["Values"]
    assert [row[0] for row in points.iter_rows(min_row=2, values_only=True)] == list(range(1, 31))
    assert [row[2] for row in values.iter_rows(min_row=2, values_only=True)] == pytest.approx(VALUES.ravel())


def test_without_a_value_the_page_says_what_will_stand_there(client, thirty):
    empty = client.get(thirty, {"stage": "incoming"})
    assert empty.status_code == 200
    assert "No measured values here yet" in empty.text and "control-data" not in empty.text


def test_a_characteristic_of_another_part_and_a_stranger_find_nothing(client, thirty, chain):
    assert client.get(f"/parts/{chain.shared_part.pk}/{chain.length.pk}/").status_code == 404
    stranger = Client()
    stranger.force_login(chain.outsider.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert stranger.get(thirty).status_code == 404
