"""Hotelling's T² of two characteristics of a part, as the API answers it."""

from datetime import timedelta

import numpy as np
import pytest
from django.test import Client

from quality.queries.joint_charts import LotsDiffer, NoLimit, Points, joint_chart
from quality.queries.joint_values import JointValues
from quality.services import record_measurements
from suppliers.access import looking_as_house
from tests.cast import Chain
from tests.quality.frames import frame_of, values_of
from tests.quality.test_chart_page import decide
from tests.quality.test_process_charts import FIRST, NOW, asked

LOTS, PIECES = 30, 4


def two_of_each() -> np.ndarray:
    """Lengths and forces that move together, shape (lots, pieces, 2); one piece of the last lot breaks with that."""
    rng = np.random.default_rng(8)
    common = rng.normal(0, 1, (LOTS, PIECES))
    values = np.stack([10 + 0.05 * common, 50 + 2 * common + rng.normal(0, 0.3, (LOTS, PIECES))], axis=-1)
    values[-1] = [[10.06, 48.0]] * PIECES
    return values.round(4)


VALUES = two_of_each()


@pytest.fixture
def client(chain: Chain) -> Client:
    rows = []
    for place, pieces in enumerate(VALUES):
        day = str(FIRST + timedelta(place))
        for version, column in ((chain.length.pk, 0), (chain.force.pk, 1)):
            rows += values_of(chain.part.pk, f"J{place:02}", version, day, pieces[:, column].tolist())
    with looking_as_house("set a test's scene"):
        record_measurements(
            partnership_id=chain.ours.pk, rows=frame_of(rows), stage="outgoing", commit_id=1, now=NOW
        )
    client = Client()
    client.force_login(chain.engineer.user)
    return client


def t2(means: np.ndarray, pieces: np.ndarray, size: int) -> np.ndarray:
    """T² by the inverse of the pooled covariance, another way than the formula solves it."""
    within = np.mean([np.cov(lot.T) for lot in pieces], axis=0) if size > 1 else np.cov(pieces.T)
    centre = pieces.reshape(-1, 2).mean(0)
    off = means - centre
    return size * np.einsum("ip,pq,iq->i", off, np.linalg.inv(within), off)


def test_lots_that_stay_within_both_limits_but_break_with_the_other_are_found(client, chain):
    found = asked(client, "charts/t2", part_id=chain.part.pk, limits_until="2026-02-02")
    assert (found["points_are"], found["lots"], found["no_limit"]) == ("lots", 30, None)
    assert [one["characteristic_version"] for one in found["characteristics"]] == [
        chain.length.pk,
        chain.force.pk,
    ]
    points = found["points"]
    early = VALUES[:29]
    assert [point["value"] for point in points] == pytest.approx(t2(VALUES.mean(1), early, PIECES))
    assert points[29]["monitored"] and points[29]["beyond"]
    assert points[29]["high"] > points[0]["high"]  # that of new points is wider
    assert points[29]["furthest"] in {chain.length.pk, chain.force.pk}


def test_pieces_are_charted_one_by_one_and_a_lot_left_out_makes_no_limits(client, chain):
    path = f"/parts/{chain.part.pk}/{chain.force.pk}/"
    assert decide(client, path, kind="exclude", lot="J29") == 302
    assert decide(client, path, kind="segment", lot="J04") == 302
    found = asked(client, "charts/t2", part_id=chain.part.pk, points="pieces")
    points, kept = found["points"], VALUES[4:29].reshape(-1, 2)
    assert (len(points), found["lots_of_earlier_segments"]) == (104, 4)
    assert [point["value"] for point in points[:100]] == pytest.approx(t2(kept, kept, 1))
    assert [point["value"] for point in points[100:]] == [None] * 4 and points[103]["excluded"]


def test_a_characteristic_that_follows_from_another_gives_no_limit():
    length = np.random.default_rng(5).normal(10, 1, 12)
    values = np.column_stack([length, 2 * length + 1])
    days = [FIRST + timedelta(n) for n in range(12)]
    found = JointValues(
        [1, 2], list(range(12)), [str(n) for n in range(12)], days, values, np.ones(12, int), 0, [1], False
    )
    chart = joint_chart(found, Points.PIECES)
    assert chart.no_limit is NoLimit.DEPENDENT and np.isnan(chart.high).all() and not chart.beyond.any()
    with pytest.raises(LotsDiffer):
        joint_chart(found, Points.LOTS)


def test_what_cannot_be_charted_says_why(client, chain):
    few = asked(client, "charts/t2", part_id=chain.part.pk, to="2026-01-05")
    assert (few["no_limit"], few["points"][0]["high"]) == ("too_few", None)
    one = asked(client, "charts/t2", part_id=chain.part.pk, characteristics=chain.length.pk, status=400)
    assert one["errors"][0]["attr"] == "characteristics"
    asked(client, "charts/t2", part_id=chain.part.pk, characteristics=f"{chain.length.pk},987", status=404)
    asked(client, "charts/t2", part_id=chain.part.pk, points="boxes", status=400)
    nothing = asked(client, "charts/t2", part_id=chain.part.pk, stage="incoming")
    assert (nothing["points"], nothing["no_limit"]) == ([], "too_few")
    for person in (chain.sibling_engineer, chain.outsider):
        other = Client()
        other.force_login(person.user)
        asked(other, "charts/t2", part_id=chain.part.pk, status=404)
