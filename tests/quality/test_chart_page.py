"""The chart page of a characteristic: its first line, its signals, and the way from a point to its lot."""

import html
import io
import json
import re

import numpy as np
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
    assert [line["at"] for line in data(early)["lines"]] == [20]


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


@pytest.fixture
def buyer(chain: Chain) -> Client:
    client = Client()
    client.force_login(chain.buyer.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def decide(client: Client, path: str, **given) -> int:
    body = {"stage": "outgoing", "chart": "xbar_r", "reason": "tool changed"} | given
    return client.post(f"{path}decide/", body).status_code


def test_frozen_limits_are_not_moved_by_lots_that_come_later(client, chain):
    path = f"/parts/{chain.part.pk}/{chain.length.pk}/"
    record(chain.ours, chain.part.pk, chain.length.pk, VALUES[:25])
    assert decide(client, path, kind="freeze", until="2026-01-24") == 302
    record(chain.ours, chain.part.pk, chain.length.pk, VALUES[25:] + 0.02, prefix="Z")
    track = data(client.get(path))["tracks"][0]
    assert track["centre"] == pytest.approx([VALUES[:20].mean()] * 30)
    found = client.get(f"/api/v1/charts/xbar_r/{chain.length.pk}/").json()
    assert found["segments"][0]["frozen_until"] == "2026-01-24"
    # Frozen anew, the earlier ones stay in the history and no longer count.
    assert decide(client, path, kind="freeze") == 302
    page = client.get(path)
    assert data(page)["tracks"][0]["centre"][0] != pytest.approx(VALUES[:20].mean())
    assert page.text.count("tool changed") == 2 and page.text.count("undone by") == 1


def test_a_segment_has_limits_of_its_own_and_undo_joins_it_again(client, buyer, thirty):
    before = data(client.get(thirty))["tracks"][0]["centre"]
    assert decide(buyer, thirty, kind="segment", lot="J20") == 302
    page = client.get(thirty)
    centre = data(page)["tracks"][0]["centre"]
    assert centre[:20] == pytest.approx([VALUES[:20].mean()] * 20)
    assert centre[20:] == pytest.approx([VALUES[20:].mean()] * 10)
    undo = re.search(rf'action="({thirty}decisions/\d+/undo/)"', page.text).group(1)
    assert client.post(undo).status_code == 302
    again = client.get(thirty)
    assert data(again)["tracks"][0]["centre"] == before
    assert "undone by" in again.text
    assert client.post(undo).status_code == 404


def test_a_lot_that_is_left_out_makes_no_limits_and_no_signal(client, thirty):
    assert decide(client, thirty, kind="exclude", lot="J29") == 302
    drawn = data(client.get(thirty))
    assert drawn["excluded"] == [29] and drawn["tracks"][0]["marks"] == []
    assert drawn["tracks"][0]["centre"][0] == pytest.approx(VALUES[:29].mean())
    single = data(client.get(thirty, {"chart": "i_mr"}))
    assert single["tracks"][0]["centre"][0] == pytest.approx(VALUES[:29].mean())
    assert single["excluded"] == list(range(145, 150))


def test_page_workbook_and_api_count_the_lots_of_the_present_segment(client, chain, thirty):
    for kind, lot in (("segment", "J10"), ("exclude", "J29"), ("exclude", "J05")):
        assert decide(client, thirty, kind=kind, lot=lot) == 302
    counting = VALUES[10:29]
    told = client.get(f"/api/v1/capability/{chain.length.pk}/").json()
    assert (told["n"], told["lots"], told["preliminary"]) == (95, 19, True)
    assert (told["lots_left_out"], told["lots_of_earlier_segments"]) == (1, 10)
    assert told["mean"] == pytest.approx(counting.mean())
    assert told["overall"]["sigma"] == pytest.approx(counting.std(ddof=1))
    assert told["within"]["sigma"] == pytest.approx(np.ptp(counting, axis=1).mean() / 2.3259289472810)
    ppk = f"{told['overall']['cpk']['value']:.2f}"
    page = client.get(thirty)
    words = "Counted are 19 lots. 10 lots of earlier segments are not counted. 1 lot that was left out is not counted."
    assert words in page.text and "19 lots with 95 values: preliminary" in page.text
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(thirty, {"as": "xlsx"}).streaming_content)))
    rows = {row[0]: row[1] for row in book["Capability"].iter_rows(values_only=True)}
    assert rows["Ppk"] == ppk and f'<td class="n strong">{ppk}</td>' in page.text
    # All of them left out, the page still stands.
    for place in range(10, 29):
        assert decide(client, thirty, kind="exclude", lot=f"J{place}") == 302
    assert "Every lot of the present segment is left out." in client.get(thirty).text


def test_values_that_are_not_normal_are_judged_by_the_law_that_fits(client, chain):
    skewed = np.random.default_rng(7).lognormal(4.4, 0.5, (60, 5)).round(3)
    record(chain.ours, chain.part.pk, chain.force.pk, skewed)
    page = client.get(f"/parts/{chain.part.pk}/{chain.force.pk}/")
    taken = client.get(f"/api/v1/capability/{chain.force.pk}/").json()["other_ways"][0]
    words = f"The values are not normal: Ppk by percentiles (the lognormal law) {taken['ppk']:.2f}."
    assert lead(page).endswith(words)
    assert "taken: the simplest law that the test does not refute" in page.text
    assert "Ppk after Box–Cox" in page.text and "Ppk by a Johnson curve" in page.text


def test_who_only_looks_or_stands_aside_decides_nothing(chain, thirty):
    for person, status in ((chain.viewer, 403), (chain.clerk, 403), (chain.sibling_engineer, 404)):
        client = Client()
        client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert decide(client, thirty, kind="note", lot="J01") == status
        assert "decide/" not in client.get(thirty).text
