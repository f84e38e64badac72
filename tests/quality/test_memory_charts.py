"""EWMA and CUSUM of measured values: the numbers of a recursion written out, and what the page says of them."""

from datetime import timedelta

import numpy as np
import pytest
from django.test import Client

from quality.formulas.chart_choice import Chart
from quality.formulas.time_weighted import Memory
from quality.queries.chart_decisions import Decided
from quality.queries.memory_charts import BEYOND, with_memory
from quality.queries.process_charts import process_chart
from tests.cast import Chain
from tests.quality.test_chart_page import data, decide, lead
from tests.quality.test_process_charts import FIRST, VALUES, asked, record, series


@pytest.fixture
def client(chain: Chain) -> Client:
    record(chain.ours, chain.part.pk, chain.length.pk, VALUES)
    client = Client()
    chain.engineer.user.language = "en"
    chain.engineer.user.save()
    client.force_login(chain.engineer.user)
    return client


def test_an_ewma_of_lots_has_the_limits_of_its_own_age(client, chain):
    found = asked(client, f"charts/ewma/{chain.length.pk}", weight=0.3, width=2.5)
    assert (found["kind"], found["limits_of"]) == ("ewma", "xbar_r")
    averages, means = (track["points"] for track in found["charts"])
    assert [track["name"] for track in found["charts"]] == ["ewma", "means"]
    centre, error = VALUES.mean(), np.ptp(VALUES, axis=1).mean() / 2.3259289472810 / 5**0.5
    z = centre
    for age, (point, mean) in enumerate(zip(averages, VALUES.mean(1), strict=True), 1):
        z = 0.3 * mean + 0.7 * z
        reach = 2.5 * error * (0.3 / 1.7 * (1 - 0.7 ** (2 * age))) ** 0.5
        assert (point["value"], point["high"]) == pytest.approx((z, centre + reach))
        beyond = abs(z - centre) > reach
        assert bool(point["rules"]) == beyond
    assert [point["value"] for point in means] == pytest.approx(VALUES.mean(1))


def test_a_cusum_says_where_the_shift_began(client, chain):
    found = asked(client, f"charts/cusum/{chain.length.pk}", limits_until="2026-01-24", decision=4)
    up, down = (track["points"] for track in found["charts"])
    early = VALUES[:20]
    error = np.ptp(early, axis=1).mean() / 2.3259289472810 / 5**0.5
    high = low = 0.0
    for over, under, mean in zip(up, down, VALUES.mean(1), strict=True):
        score = (mean - early.mean()) / error
        high, low = max(0.0, high + score - 0.5), max(0.0, low - score - 0.5)
        assert (over["value"], under["value"]) == pytest.approx((high, low))
        assert (over["centre"], over["low"], over["high"]) == (0, None, 4)
    assert up[29]["rules"] == ["nelson1"]
    began = found["began_at_point"]
    assert up[began - 1]["value"] > 0 and (began == 1 or up[began - 2]["value"] == 0)
    asked(client, f"charts/cusum/{chain.length.pk}", status=400, decision=0)
    asked(client, f"charts/ewma/{chain.length.pk}", status=400, weight=1.5)


def test_a_segment_forgets_and_a_lot_left_out_changes_nothing():
    found = series([1, 3], [2, 4], [30, 90], [1, 3], [11, 13], [10, 14])
    stands = Decided(starts=[(4, FIRST + timedelta(4))], excluded=frozenset({2}))
    drawn = process_chart(found, Chart.XBAR_R, rules=BEYOND, decided=stands)
    averages = with_memory(drawn, Memory.EWMA).tracks[0].values
    # Lots of means 2, 3 and 2 about 7/3, then 12 and 12 about 12; weight 0.2.
    first = 0.2 * 2 + 0.8 * 7 / 3
    second = 0.2 * 3 + 0.8 * first
    assert averages == pytest.approx([first, second, second, 0.2 * 2 + 0.8 * second, 12, 12])
    assert with_memory(drawn, Memory.CUSUM).tracks[1].values[4:].tolist() == [0, 0]


def test_the_page_draws_both_and_says_what_they_find(client, chain):
    path = f"/parts/{chain.part.pk}/{chain.length.pk}/"
    page = client.get(path, {"chart": "ewma"})
    assert [track["name"] for track in data(page)["tracks"]] == ["Weighted average (EWMA)", "Mean"]
    assert lead(page).startswith("1 of 30 points signals.")
    assert "one signal in about 560 points" in page.text and 'name="rules"' not in page.text
    cusum = client.get(path, {"chart": "cusum"})
    assert "thought to have begun at point" in lead(cusum)
    assert "one signal in about 465 points" in cusum.text and "after about 10" in cusum.text
    # Limits that are frozen here are those of the chart that the data ask for.
    assert 'name="chart" value="xbar_r"' in cusum.text
    assert decide(client, path, kind="exclude", lot="J29") == 302
    assert data(client.get(path, {"chart": "ewma"}))["tracks"][0]["marks"] == []
    assert client.get(path, {"chart": "cusum", "as": "xlsx"}).status_code == 200
