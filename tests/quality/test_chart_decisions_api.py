"""Decisions on a control chart over the API: made, counted, undone, and by whom."""

import pytest
from django.test import Client

from tests.cast import Chain
from tests.quality.test_process_charts import VALUES, asked, record


@pytest.fixture
def client(chain: Chain) -> Client:
    record(chain.ours, chain.part.pk, chain.length.pk, VALUES)
    client = Client()
    client.force_login(chain.engineer.user)
    return client


def decide(client: Client, chain: Chain, status: int = 201, **given) -> dict:
    body = {"reason": "tool changed"} | given
    path = f"/api/v1/charts/decisions/{chain.length.pk}/"
    response = client.post(path, body, content_type="application/json")
    assert response.status_code == status, response.content
    return response.json()


def test_limits_segments_and_lots_left_out_are_decided_and_undone(client, chain):
    chart, path = f"charts/xbar_r/{chain.length.pk}", f"charts/decisions/{chain.length.pk}"
    out = decide(client, chain, kind="exclude", lot="J29")
    assert (out["lot_number"], out["undone_at"], out["day"]) == ("J29", None, "2026-02-03")
    decide(client, chain, kind="segment", lot="J20")
    frozen = decide(client, chain, kind="freeze", chart="xbar_r", until="2026-02-01")
    assert frozen["centre"] == pytest.approx(VALUES[20:28].mean()) and frozen["subgroups"] == 8
    decide(client, chain, kind="note", lot="J01")
    points = asked(client, chart)["charts"][0]["points"]
    assert points[29]["excluded"] and points[25]["centre"] == pytest.approx(frozen["centre"])
    undone = client.post(f"/api/v1/{path}/{out['id']}/undo/")
    assert undone.status_code == 200 and undone.json()["undone_at"] is not None
    assert not asked(client, chart)["charts"][0]["points"][29]["excluded"]
    assert client.post(f"/api/v1/{path}/{out['id']}/undo/").status_code == 404
    history = asked(client, path)
    assert [row["kind"] for row in history] == ["note", "freeze", "segment", "exclude"]


def test_a_decision_that_cannot_be_made_says_why(client, chain):
    decide(client, chain, kind="exclude", lot="J29")
    for given, field in (
        ({"kind": "exclude", "lot": "J29"}, "kind"),
        ({"kind": "note", "lot": "nobody"}, "lot"),
        ({"kind": "segment"}, "lot"),
        ({"kind": "freeze"}, "chart"),
        ({"kind": "freeze", "chart": "xbar_r", "until": "2025-01-01"}, "until"),
        ({"kind": "note", "lot": "J01", "reason": ""}, "reason"),
    ):
        assert decide(client, chain, status=400, **given)["errors"][0]["attr"] == field


def test_who_only_looks_or_stands_aside_decides_nothing(client, chain):
    made = decide(client, chain, kind="note", lot="J01")
    path = f"/api/v1/charts/decisions/{chain.length.pk}/"
    for person, status in ((chain.viewer, 403), (chain.clerk, 403), (chain.sibling_engineer, 404)):
        other = Client()
        other.force_login(person.user)
        decide(other, chain, status=status, kind="note", lot="J01")
        assert other.post(f"{path}{made['id']}/undo/").status_code == status
        assert other.get(path).status_code == (404 if status == 404 else 200)
