"""Control charts of inspections, as the API answers them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from quality.services import record_inspections
from suppliers.access import looking_as_house
from tests.cast import Chain
from tests.quality.frames import frame_of, inspection

NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
FOUND = [2, 3, 1, 2, 4, 2, 3, 2, 1, 3, 2, 12]
SIZES = [100, 100, 120, 100, 100, 80, 100, 100, 100, 150, 100, 100]


@pytest.fixture
def client(chain: Chain) -> Client:
    rows = [
        inspection(chain.part.pk, f"J{place:02}", str(date(2026, 1, 5) + timedelta(place)), n, x)
        for place, (x, n) in enumerate(zip(FOUND, SIZES, strict=True))
    ]
    with looking_as_house("set a test's scene"):
        record_inspections(
            partnership_id=chain.ours.pk, rows=frame_of(rows), stage="outgoing", commit_id=1, now=NOW
        )
    client = Client()
    client.force_login(chain.engineer.user)
    return client


def asked(client: Client, chain: Chain, kind: str, status: int = 200, **query) -> dict:
    given = {"part_id": chain.part.pk} | query
    response = client.get(f"/api/v1/charts/{kind}/", query_params=given)
    assert response.status_code == status, response.content
    return response.json()


def test_limits_follow_the_size_of_each_lot_and_the_worst_lot_is_named(client, chain):
    found = asked(client, chain, "p", limits_until="2026-01-15")
    rate = sum(FOUND[:11]) / sum(SIZES[:11])
    assert found["rate"] == pytest.approx(rate)
    small = found["points"][5]
    assert small["high"] == pytest.approx(rate + 3 * (rate * (1 - rate) / 80) ** 0.5)
    assert small["low"] == 0
    assert [point["lot_number"] for point in found["points"] if point["rules"]] == ["J11"]
    assert found["points"][11]["monitored"] and not found["points"][10]["monitored"]
    assert (found["preliminary"], found["proposed"]["kind"]) == (True, "laney_p")


def test_counts_are_charted_as_counts_and_a_c_chart_refuses_lots_of_different_sizes(client, chain):
    assert [point["value"] for point in asked(client, chain, "np")["points"]] == FOUND
    refused = asked(client, chain, "c", status=400)
    assert refused["errors"][0]["attr"] == "kind"
    assert asked(client, chain, "u")["points"][11]["rules"] == ["nelson1"]


def test_laney_s_limits_are_wider_by_the_spread_between_lots(client, chain):
    plain, laney = asked(client, chain, "p"), asked(client, chain, "laney_p")
    assert plain["spread"] == 1 and laney["spread"] != 1
    reach = [found["points"][0]["high"] - found["points"][0]["centre"] for found in (plain, laney)]
    assert reach[1] == pytest.approx(reach[0] * laney["spread"])


def test_without_a_lot_there_is_a_chart_without_points(client, chain):
    found = asked(client, chain, "p", stage="incoming")
    assert (found["points"], found["rate"], found["proposed"]) == ([], None, None)


def test_who_does_not_see_the_part_finds_nothing(client, chain):
    for person in (chain.sibling_engineer, chain.outsider):
        other = Client()
        other.force_login(person.user)
        asked(other, chain, "p", status=404)
    asked(client, chain, "p", status=404, partnership=chain.siblings.pk)
