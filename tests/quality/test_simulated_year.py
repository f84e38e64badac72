"""The corrected rate against the truth of the simulated year, seed by seed."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from quality.formulas.proportion import LotSums, wilson_interval
from quality.formulas.two_phase import CorrectedRate, PairSums, two_phase_difference
from sample.generator.lots import Quality, draw_quality
from sample.generator.truth import planned_pass_rate

SEEDS = 200
BASELINE = dt.date(2025, 1, 1), dt.date(2025, 6, 30)
REPORT = dt.date(2026, 1, 1), dt.date(2026, 6, 30)


def first_submissions(presentations: pd.DataFrame) -> pd.DataFrame:
    return presentations[presentations.submission == 1].set_index("lot")


def inside(rows: pd.DataFrame, period: tuple[dt.date, dt.date]) -> pd.DataFrame:
    return rows[rows.date.between(*(pd.Timestamp(day) for day in period))]


def corrected(quality: Quality, period: tuple[dt.date, dt.date]) -> CorrectedRate:
    """The estimate as the product reads it: outgoing by its day, pairs by lot, the others by incoming day."""
    outgoing = first_submissions(quality.outgoing[quality.outgoing.reported])
    incoming = first_submissions(quality.incoming)
    reported = inside(outgoing, period)
    both = reported.join(incoming.add_suffix("_in"), how="inner")
    hidden = inside(incoming[~incoming.index.isin(outgoing.index)], period)
    return two_phase_difference(
        LotSums.of(reported.inspected, reported.nonconforming),
        PairSums.of(both.inspected, both.nonconforming, both.inspected_in, both.nonconforming_in),
        unreported=LotSums.of(hidden.inspected, hidden.nonconforming),
    )


@pytest.fixture(scope="module")
def draws() -> list[Quality]:
    return [draw_quality(seed) for seed in range(SEEDS)]


@pytest.mark.parametrize("period", [BASELINE, REPORT], ids=["baseline", "report"])
def test_the_corrected_rate_covers_the_truth_and_the_reported_one_does_not(draws, period):
    truth = 1 - planned_pass_rate(*period)
    covered = naive = 0
    centre = []
    for quality in draws:
        estimate = corrected(quality, period)
        covered += bool(estimate.low <= truth <= estimate.high)
        centre.append(float(estimate.rate))
        reported = inside(first_submissions(quality.outgoing[quality.outgoing.reported]), period)
        low, high = wilson_interval(reported.nonconforming.sum(), reported.inspected.sum())
        naive += bool(low <= truth <= high)
    assert covered / SEEDS >= 0.93
    assert naive / SEEDS < 0.65
    assert np.mean(centre) == pytest.approx(truth, abs=0.0002)
