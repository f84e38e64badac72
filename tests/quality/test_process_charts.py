"""Control charts and capability of measured values, as the API answers them."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.test import Client

from quality.formulas.chart_choice import Chart
from quality.formulas.process import process_sums, subgroup_points
from quality.formulas.run_rules import Rule
from quality.queries.capability_studies import capability_study
from quality.queries.chart_decisions import Decided
from quality.queries.process_charts import SPREADS, process_chart
from quality.queries.processes import LotValues, lot_values
from quality.services import record_measurements
from suppliers.access import looking_as, looking_as_house
from tests.cast import Chain
from tests.factories import make_characteristic
from tests.quality.frames import frame_of, values_of

NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
FIRST = date(2026, 1, 5)
VALUES = np.random.default_rng(15).normal(10.0, 0.05, (30, 5)).round(3)
VALUES[29] += 0.3


def record(partnership, part: int, version: int, lots: np.ndarray, prefix: str = "J") -> None:
    rows = [
        row
        for place, pieces in enumerate(lots)
        for row in values_of(
            part, f"{prefix}{place:02}", version, str(FIRST + timedelta(days=place)), pieces.tolist()
        )
    ]
    with looking_as_house("set a test's scene"):
        record_measurements(
            partnership_id=partnership.pk, rows=frame_of(rows), stage="outgoing", commit_id=1, now=NOW
        )


@pytest.fixture
def client(chain: Chain) -> Client:
    client = Client()
    client.force_login(chain.engineer.user)
    return client


@pytest.fixture
def thirty(chain: Chain) -> int:
    record(chain.ours, chain.part.pk, chain.length.pk, VALUES)
    return chain.length.pk


@pytest.fixture
def shared(chain: Chain) -> int:
    """A characteristic that two suppliers measure."""
    version = make_characteristic(chain.shared_part, "D9", nominal=10.0, lsl=9.5, usl=10.5, unit="mm").pk
    record(chain.ours, chain.shared_part.pk, version, VALUES[:3])
    record(chain.siblings, chain.shared_part.pk, version, VALUES[3:5] + 5, prefix="B")
    return version


def asked(client: Client, path: str, status: int = 200, **query) -> dict:
    response = client.get(f"/api/v1/{path}/", query_params=query)
    assert response.status_code == status, response.content
    return response.json()


def test_a_chart_of_means_marks_the_lot_that_left_its_limits(client, thirty):
    found = asked(client, f"charts/xbar_r/{thirty}", rules="nelson1")
    assert (found["n"], found["lots"], found["preliminary"]) == (150, 30, False)
    assert found["proposed"] == {"kind": "xbar_r", "reason": "small_subgroups"}
    means, ranges = found["charts"]
    assert (means["name"], ranges["name"]) == ("means", "ranges")
    values = [point["value"] for point in means["points"]]
    assert values == pytest.approx(VALUES.mean(1))
    marked = [point["lot_number"] for point in means["points"] if point["rules"]]
    assert marked == ["J29"]
    one = means["points"][0]
    assert one["high"] - one["centre"] == pytest.approx(3 * found["sigma"] / 5**0.5)
    assert (one["day"], one["monitored"]) == ("2026-01-05", False)


def test_later_lots_are_held_against_limits_of_earlier_ones(client, thirty):
    found = asked(client, f"charts/xbar_s/{thirty}", limits_until="2026-01-29")
    points = found["charts"][0]["points"]
    assert points[0]["centre"] == pytest.approx(VALUES[:25].mean())
    assert [point["monitored"] for point in points] == [False] * 25 + [True] * 5


def test_a_chart_of_single_values_has_a_point_a_piece(client, thirty):
    found = asked(client, f"charts/i_mr/{thirty}", to="2026-01-06")
    values, steps = found["charts"]
    assert [point["lot_number"] for point in values["points"]] == ["J00"] * 5 + ["J01"] * 5
    assert steps["points"][0]["value"] is None
    assert steps["points"][1]["value"] == pytest.approx(abs(VALUES[0, 1] - VALUES[0, 0]))


def test_capability_names_its_sigma_and_has_intervals(client, thirty):
    found = asked(client, f"capability/{thirty}")
    assert (found["lsl"], found["usl"], found["spread"]) == (9.5, 10.5, "range")
    overall = found["overall"]
    assert overall["sigma"] == pytest.approx(VALUES.std(ddof=1))
    assert overall["cp"]["value"] == pytest.approx(1 / (6 * VALUES.std(ddof=1)))
    assert overall["cp"]["low"] < overall["cp"]["value"] < overall["cp"]["high"]
    assert found["within"]["sigma"] < overall["sigma"]
    assert (found["within"]["refusal"], found["observed_ppm_above"]) == (None, 0)
    assert 0 <= found["normality_p"] < 0.05


def test_without_values_there_is_a_reason_and_no_number(client, chain):
    found = asked(client, f"capability/{chain.length.pk}")
    assert found["overall"]["refusal"] == "too_few"
    assert found["overall"]["cpk"] == {"value": None, "low": None, "high": None}
    for kind in ("xbar_r", "xbar_s", "i_mr"):
        chart = asked(client, f"charts/{kind}/{chain.length.pk}")
        assert chart["proposed"] is None
        assert [track["points"] for track in chart["charts"]] == [[], []]


def test_a_supplier_sees_its_own_process_and_the_customer_names_one(client, chain, shared):
    assert asked(client, f"charts/xbar_r/{shared}")["lots"] == 3
    asked_by_the_customer = Client()
    asked_by_the_customer.force_login(chain.buyer.user)
    refused = asked(asked_by_the_customer, f"charts/xbar_r/{shared}", status=400)
    assert refused["errors"][0]["attr"] == "partnership"
    named = asked(asked_by_the_customer, f"charts/xbar_r/{shared}", partnership=chain.siblings.pk)
    assert [point["lot_number"] for point in named["charts"][0]["points"]] == ["B00", "B01"]
    # The sibling's partnership is not the supplier's to see: naming it is like naming nothing.
    theirs, nothing = (
        asked(client, f"capability/{shared}", partnership=one) for one in (chain.siblings.pk, 987654321)
    )
    assert theirs == nothing
    stranger = Client()
    stranger.force_login(chain.outsider.user)
    asked(stranger, f"capability/{shared}", status=404)


def test_limits_and_values_of_a_part_that_one_does_not_make_are_not_there(client, chain, thirty, shared):
    for person in (chain.sibling_engineer, chain.second_buyer, chain.outsider):
        other = Client()
        other.force_login(person.user)
        for path in ("charts/i_mr", "capability"):
            foreign, nothing = (
                asked(other, f"{path}/{version}", status=404) for version in (thirty, 987654321)
            )
            assert foreign == nothing
            asked(other, f"{path}/{thirty}", status=404, partnership=chain.ours.pk)
    sibling = Client()
    sibling.force_login(chain.sibling_engineer.user)
    lots = asked(sibling, f"charts/xbar_r/{shared}")["charts"][0]["points"]
    assert [point["lot_number"] for point in lots] == ["B00", "B01"]
    assert asked(sibling, f"capability/{shared}", partnership=chain.ours.pk)["n"] == 0


def test_a_wrong_question_is_refused(client, thirty):
    asked(client, f"charts/pie/{thirty}", status=404)
    asked(client, f"charts/xbar_r/{thirty}", status=400, rules="nelson9")
    asked(client, f"capability/{thirty}", status=400, stage="sideways")


def test_the_newest_values_are_charted_lot_by_lot_in_few_queries(chain, thirty, django_assert_num_queries):
    with looking_as(chain.engineer):
        with django_assert_num_queries(3):
            assert lot_values(thirty, stage="outgoing").cut is False
        with django_assert_num_queries(4):  # whose the older values are
            found = lot_values(thirty, stage="outgoing", most=12)
        assert (found.numbers, found.cut) == (["J28", "J29"], True)
        assert found.values == pytest.approx(VALUES[28:].ravel())
        assert found.sizes.tolist() == [5, 5]


def test_a_lot_of_more_values_than_are_charted_is_charted_by_its_last_pieces(chain, thirty):
    with looking_as(chain.engineer):
        found = lot_values(thirty, stage="outgoing", first=FIRST + timedelta(29), most=3)
    assert (found.numbers, found.cut) == (["J29"], True)
    assert found.values == pytest.approx(VALUES[29, 2:])


def test_a_supplier_whose_values_are_older_than_the_cut_is_not_forgotten(chain, shared):
    with looking_as(chain.buyer):
        found = lot_values(shared, stage="outgoing", most=3)
    assert found.cut
    assert found.partnerships == sorted([chain.ours.pk, chain.siblings.pk])


def lots_of(*sizes: int) -> LotValues:
    values = np.random.default_rng(4).normal(10.0, 0.05, sum(sizes))
    days = [FIRST + timedelta(days=place) for place in range(len(sizes))]
    numbers = [f"J{place}" for place in range(len(sizes))]
    return LotValues(list(range(len(sizes))), numbers, days, values, np.array(sizes), [1], cut=False)


def series(*lots: list[float]) -> LotValues:
    days = [FIRST + timedelta(days=place) for place in range(len(lots))]
    sizes = np.array([len(one) for one in lots])
    values = np.concatenate(lots).astype(float)
    return LotValues(
        list(range(len(lots))), [f"J{n}" for n in range(len(lots))], days, values, sizes, [1], False
    )


def test_capability_of_single_values_jumps_over_no_lot_that_was_left_out():
    found = series([10], [12], [11], [90], [11], [13])
    study = capability_study(found, lsl=0, usl=20, target=None, decided=Decided(excluded=frozenset({3})))
    # Moving ranges 2, 1, a gap, 2; without the gap there were a fourth one, 0.
    assert study.found.within.sigma == pytest.approx(5 / 3 / 1.1283791670955126)
    assert study.found.n == 5 and study.found.mean == pytest.approx(11.4)
    assert study.found.overall.sigma == pytest.approx((5.2 / 4) ** 0.5)
    assert (study.left_out, study.earlier, study.counted.numbers) == (1, 0, ["J0", "J1", "J2", "J4", "J5"])
    assert study.observed.above == 0


def test_capability_counts_the_present_segment_alone():
    found = series([1, 3], [2, 6], [10, 12], [11, 15], [40, 90], [13, 15])
    stands = Decided(starts=[(2, FIRST + timedelta(2))], excluded=frozenset({0, 4}))
    study = capability_study(found, lsl=0, usl=20, target=None, decided=stands)
    # Lots 2, 3 and 5: ranges 2, 4, 2, and d2 of two pieces.
    sigma = 8 / 3 / 1.1283791670955126
    mean = (10 + 12 + 11 + 15 + 13 + 15) / 6
    assert study.found.within.sigma == pytest.approx(sigma)
    assert study.found.within.cpk.value == pytest.approx((20 - mean) / (3 * sigma))
    assert (study.found.n, study.left_out, study.earlier) == (6, 1, 2)
    every = capability_study(found, lsl=0, usl=20, target=None, decided=Decided(excluded=frozenset(range(6))))
    assert str(every.found.within.refusal) == "too_few" and every.counted.lots == []


@pytest.mark.parametrize("kind", [Chart.XBAR_R, Chart.XBAR_S])
def test_lots_of_many_sizes_have_the_figures_of_one_table_with_gaps(kind):
    found = lots_of(5, 1, 4, 5, 2, 30, 1)
    table = np.full((7, 30), np.nan)
    for row, own in zip(table, np.split(found.values, found.sizes.cumsum()[:-1]), strict=True):
        row[: len(own)] = own
    chart = process_chart(found, kind, rules=[Rule.NELSON_1], limits_until=found.days[4])
    sums, points = process_sums(table[:5], spread=SPREADS[kind]), subgroup_points(table)
    assert chart.baseline.centre == pytest.approx(sums.mean)
    assert chart.baseline.sigma == pytest.approx(sums.sigma_within)
    assert chart.baseline.subgroups == 5
    spread = points.ranges if kind is Chart.XBAR_R else points.deviations
    for track, told in zip(chart.tracks, (points.means, spread), strict=True):
        assert track.values == pytest.approx(told, nan_ok=True)
    study = capability_study(found, lsl=9.5, usl=10.5, target=None)
    assert study.found.overall.sigma == pytest.approx(found.values.std(ddof=1))


def test_one_long_lot_beside_many_short_ones_takes_little_memory():
    found = lots_of(20_000, *[1, 2] * 500)
    tracemalloc.start()
    process_chart(found, Chart.XBAR_S, rules=[Rule.NELSON_1])
    capability_study(found, lsl=9.5, usl=10.5, target=None)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20e6  # bytes; one table of all lots has 160 million


def test_skewed_values_are_studied_by_the_law_that_fits_them(client, chain):
    skewed = np.random.default_rng(7).lognormal(4.4, 0.5, (60, 5)).round(3)
    record(chain.ours, chain.part.pk, chain.force.pk, skewed)
    found = asked(client, f"capability/{chain.force.pk}")
    fitted = found["fitted"]
    logs = np.log(skewed)
    assert fitted["family"] == "lognormal" and fitted["pp"] is None
    low, middle = np.exp(logs.mean() - 3 * logs.std()), np.exp(logs.mean())
    assert fitted["ppk"] == pytest.approx((middle - 40) / (middle - low))
    assert (fitted["expected_ppm_above"], found["normality_p"] < 0.05) == (0, True)
    assert (found["way"], found["way_chosen"]) == ("percentiles", "not_refuted")
    ways = {one["way"]: one for one in found["other_ways"]}
    assert ways["percentiles"]["ppk"] == pytest.approx(fitted["ppk"])
    assert ways["box_cox"]["power"] == pytest.approx(0, abs=0.2) and ways["johnson"]["law"] in {
        "su",
        "sb",
        "sl",
    }
