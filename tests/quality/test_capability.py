"""Capability: published indices and intervals, polite refusals, and laws other than the normal one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.formulas import percentiles
from quality.formulas.capability import (
    Refusal,
    capability,
    cp_interval,
    cpk_interval,
    expected_ppm,
    indices,
    observed_ppm,
)
from quality.formulas.johnson import Family, johnson_best, johnson_fit
from quality.formulas.normality import anderson_darling
from quality.formulas.process import Spread, process_sums
from quality.formulas.transformations import box_cox, box_cox_fit
from tests.reference.cases import assert_meets, load

CASES = load("capability_cases.json")


def of_values(values, lsl, usl, **more):
    return capability(process_sums(values, spread=Spread.MOVING_RANGE), lsl, usl, **more)


def test_the_piston_rings_are_capable_and_how_surely():
    case = CASES["cap-pistonrings-two-sided"]
    asked = case["input"]
    found = capability(process_sums(asked["subgroups"]), asked["lsl"], asked["usl"], target=asked["target"])
    for name in ("cp", "cpk", "cpm"):
        for part, key in zip(getattr(found.within, name), ("value", "lower", "upper"), strict=True):
            assert_meets(part, case, name, key)
    for got, key in (
        (found.mean, "center"),
        (found.within.sigma, "sigma"),
        (found.within.cpl, "cpl"),
        (found.within.cpu, "cpu"),
        (found.within.expected.below, "expected_ppm_below"),
        (found.within.expected.above, "expected_ppm_above"),
    ):
        assert_meets(got, case, key)
    assert found.within.refusal == Refusal.NONE
    assert not found.preliminary


def test_a_drifting_process_could_do_better_than_it_did():
    case = CASES["cap-within-overall-drift"]
    asked = case["input"]
    found = capability(process_sums(asked["subgroups"]), asked["lsl"], asked["usl"])
    seen = observed_ppm(np.ravel(asked["subgroups"]), asked["lsl"], asked["usl"])
    for got, key in (
        (found.mean, "mean"),
        (found.within.sigma, "sigma_within"),
        (found.overall.sigma, "sigma_overall"),
        (found.within.cp.value, "cp"),
        (found.within.cpk.value, "cpk"),
        (found.overall.cp.value, "pp"),
        (found.overall.cpk.value, "ppk"),
        (found.within.expected.total, "expected_within_ppm"),
        (found.overall.expected.total, "expected_overall_ppm"),
        (seen.below, "observed_ppm_below"),
        (seen.above, "observed_ppm_above"),
    ):
        assert_meets(got, case, key)


def test_indices_of_the_handbook():
    case = CASES["cap-nist-6.1.6"]
    asked = case["input"]
    limits = asked["lsl"], asked["usl"]
    found = indices(asked["mean"], asked["sd"], *limits, target=asked["target"])
    for key in ("cp", "cpl", "cpu", "cpk", "cpm", "k"):
        assert_meets(getattr(found, key), case, key)
    ppm = expected_ppm(asked["mean"], asked["sd"], *limits)
    assert_meets(ppm.below / 1e6, case, "p_below")
    assert_meets(ppm.above / 1e6, case, "p_above")
    assert_meets(ppm.total, case, "ppm")


def test_one_limit_has_no_cp():
    case = CASES["cap-one-sided-lower"]
    asked = case["input"]
    found = indices(asked["mean"], asked["sd"], asked["lsl"], np.nan, target=15.0)
    assert np.isnan([found.cp, found.cpu, found.cpm]).all()
    assert_meets(found.cpl, case, "cpl")
    assert_meets(found.cpk, case, "cpk")
    assert expected_ppm(16, 2, 8, np.nan).above == 0


def test_intervals_of_given_indices():
    case = CASES["cap-ci-30"]
    n = case["input"]["n"]
    assert_meets(cp_interval(case["input"]["cp"], n - 1)[1:], case, "cp")
    assert_meets(cpk_interval(case["input"]["cpk"], n)[1:], case, "cpk")
    case = CASES["cap-cp-ci-50"]
    assert_meets(cp_interval(1.33, 49, confidence=case["input"]["confidence"])[1:], case, "cp")
    assert np.isnan(cpk_interval(1.0, 1).low)


@pytest.mark.parametrize(
    ("name", "reason"), [("cap-refuse-constant", Refusal.CONSTANT), ("cap-refuse-single", Refusal.TOO_FEW)]
)
def test_what_cannot_be_had_is_refused_with_a_reason(name, reason):
    asked = CASES[name]["input"]
    found = of_values(asked["values"], asked["lsl"], asked["usl"])
    for study in (found.within, found.overall):
        assert study.refusal == reason
        numbers = [*study.cp, *study.cpk, *study.cpm, study.cpl, study.cpu, *study.expected]
        assert np.isnan(numbers).all()


def test_every_characteristic_is_refused_for_its_own_reason():
    drawn = np.random.default_rng(1).normal(10, 1, 30)
    values = np.stack([drawn, drawn, drawn, np.full(30, 0.1), np.full(30, np.nan)])
    found = of_values(values, [7, np.nan, 13, 0, 7], [13, np.nan, 7, 1, 13])
    reasons = [Refusal.NONE, Refusal.NO_LIMITS, Refusal.LIMITS_CROSSED, Refusal.CONSTANT, Refusal.TOO_FEW]
    assert found.overall.refusal.tolist() == reasons
    assert np.isfinite(found.overall.cpk.value).tolist() == [True, False, False, False, False]


def test_a_spread_between_subgroups_alone_has_pp_but_no_cp():
    values = np.repeat(np.arange(30.0)[:, None], 4, axis=1)
    found = capability(process_sums(values), -10, 40)
    assert found.within.refusal == Refusal.CONSTANT_WITHIN
    assert found.overall.refusal == Refusal.NONE
    assert found.overall.cp.value > 0.9
    single = capability(process_sums(values[:, :1]), -10, 40)
    assert single.within.refusal == Refusal.NO_SUBGROUPS


@pytest.mark.parametrize(
    ("subgroups", "pieces", "preliminary"), [(24, 5, True), (25, 3, True), (25, 4, False), (99, 1, True)]
)
def test_few_subgroups_or_values_are_preliminary(subgroups, pieces, preliminary):
    values = np.random.default_rng(2).normal(size=(subgroups, pieces))
    assert capability(process_sums(values), -3, 3).preliminary == preliminary


@pytest.mark.parametrize("name", ["norm-ad-pistonrings", "norm-ad-nist-heatflow", "norm-ad-mid"])
def test_the_test_of_normality(name):
    case = CASES[name]
    found = anderson_darling(case["input"]["values"])
    for key in ("a2", "a2_star", "p"):
        assert_meets(getattr(found, key), case, key)


def test_normality_of_many_with_gaps_is_that_of_each():
    rng = np.random.default_rng(4)
    rows = np.stack([rng.normal(size=60), rng.exponential(size=60), np.full(60, 0.3)])
    rows[0, 40:] = np.nan
    found = anderson_darling(rows)
    assert found.p[0] == pytest.approx(float(anderson_darling(rows[0, :40]).p))
    assert found.p[1] < 1e-4
    assert np.isnan(found.a2[2])
    assert np.isnan(anderson_darling(rng.normal(size=7)).p)


def test_far_from_normal_the_p_value_stays_small():
    far = np.concatenate([np.zeros(5000), np.ones(5)]) + np.linspace(0, 1e-3, 5005)
    assert anderson_darling(far).p < 1e-20


def test_capability_on_the_scale_of_box_and_cox():
    case = CASES["cap-boxcox"]
    asked = case["input"]
    found = box_cox_fit(asked["values"])
    assert_meets(found.power, case, "lambda")
    assert_meets(found.log_likelihood, case, "llf")
    study = of_values(
        box_cox(asked["values"], found.power), *box_cox([asked["lsl"], asked["usl"]], found.power)
    )
    assert_meets(study.mean, case, "mean")
    assert_meets(study.overall.sigma, case, "sd")
    assert_meets(study.overall.cp.value, case, "pp")
    assert_meets(study.overall.cpk.value, case, "ppk")


def test_powers_that_normal_values_were_raised_from_are_found_again():
    drawn = np.random.default_rng(6).normal(10, 1, (3, 4000))
    found = box_cox_fit(np.stack([np.exp(drawn[0] / 5), drawn[1] ** 2, drawn[2]]))
    assert found.power == pytest.approx([0.0, 0.5, 1.0], abs=0.35)
    assert np.isnan(box_cox_fit([[1.0, -1.0, 2.0], [2.0, 2.0, 2.0]]).power).all()
    assert np.isnan(box_cox(-1.0, 0.5))


def test_johnsons_curve_through_four_percentiles():
    case = CASES["cap-johnson-fit-su"]
    found = johnson_fit(case["input"]["values"], z=case["input"]["z"])
    for got, key in (
        (str(found.family), "family"),
        (found.quantiles, "quantiles"),
        (found.ratio, "ratio"),
        (found.gamma, "gamma"),
        (found.delta, "delta"),
        (found.xi, "xi"),
        (found.lam, "lam"),
    ):
        assert_meets(got, case, key)


def _with_percentiles(four):
    """Values whose type 7 quantiles at -3z, -z, z, 3z of z = 0.524 are these four, nearly."""
    shares = np.array([0.0, 0.05795, 0.30014, 0.69986, 0.94205, 1.0])
    ends = [four[0] - (four[1] - four[0]), *four, four[3] + (four[3] - four[2])]
    return np.interp(np.linspace(0, 1, 4001), shares, ends)


@pytest.mark.parametrize(
    ("four", "family"),
    [
        ([-4.0, -1.0, 1.0, 5.0], Family.SU),
        ([-1.8, -1.0, 1.0, 1.5], Family.SB),
        ([-2.0, -1.0, 1.0, 9.0], Family.SU),
    ],
)
def test_the_curve_gives_its_percentiles_back(four, family):
    found = johnson_fit(_with_percentiles(four), z=0.524)
    assert found.family == family
    scores = found.scores(found.quantiles)
    assert scores == pytest.approx(np.array([-3, -1, 1, 3]) * 0.524)
    assert found.values(scores) == pytest.approx(found.quantiles)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_lognormal_curve_is_bounded_on_one_side(sign):
    # Four values placed so that the percentiles are themselves: ratio m n / p^2 is 1 exactly.
    scores = np.sort(sign * np.array([-3.0, -1.0, 1.0, 3.0]) * 0.524)
    grid = np.linspace(-3 * 0.524, 3 * 0.524, 4)
    assert scores == pytest.approx(grid)
    percentiles_ = np.sort(sign * np.exp(sign * grid / 2) + 7)
    found = johnson_fit(_exact_quantiles(percentiles_), z=0.524)
    assert found.family == Family.SL
    assert found.lam == sign
    assert found.scores(found.quantiles) == pytest.approx(grid, abs=1e-5)
    assert found.values(found.scores(found.quantiles)) == pytest.approx(found.quantiles)


def _exact_quantiles(four):
    """1001 values piecewise linear between the places of the four percentiles."""
    from scipy.special import ndtr

    places = 1000 * ndtr(np.array([-3, -1, 1, 3]) * 0.524)
    ordered = np.arange(1001.0)
    inside = np.interp(ordered, places, four)
    # Each place lies between two values; level steps around it keep the interpolated quantile exact.
    for place, value in zip(places, four, strict=True):
        inside[int(place)] = inside[int(place) + 1] = value
    return inside


def test_the_best_johnson_curve_makes_values_normal():
    rng = np.random.default_rng(8)
    drawn = np.stack([rng.lognormal(size=400), rng.beta(0.8, 1.2, 400), rng.standard_t(4, 400)])
    curves, tests = johnson_best(drawn)
    assert (tests.p > 0.05).all()
    assert curves.family[1] == Family.SB
    assert johnson_fit(np.full(20, 3.0)).family == Family.NONE


@pytest.mark.parametrize(
    ("family", "draw"),
    [
        (percentiles.Family.WEIBULL, lambda rng: 4 * rng.weibull(2.3, 20_000)),
        (percentiles.Family.GAMMA, lambda rng: rng.gamma(3.0, 2.0, 20_000)),
        (percentiles.Family.LOGNORMAL, lambda rng: rng.lognormal(1.0, 0.4, 20_000)),
        (percentiles.Family.NORMAL, lambda rng: rng.normal(50.0, 2.0, 20_000)),
    ],
)
def test_a_family_is_recognised_and_its_share_out_of_limits(family, draw):
    values = draw(np.random.default_rng(9))
    name, tried = percentiles.best_fit(values)
    assert name == family
    law = next(law for law in tried if law.family is family)
    low, high = np.quantile(values, [0.02, 0.97])
    ppm = percentiles.expected_ppm(law, low, high)
    assert ppm.below == pytest.approx(20_000, rel=0.15)
    assert ppm.above == pytest.approx(30_000, rel=0.15)
    assert law.shares(law.values([0.3]))[0] == pytest.approx([0.3])


def test_fits_are_those_of_scipy():
    from scipy import stats

    values = np.random.default_rng(10).gamma(2.0, 3.0, 150)
    shape, _, scale = stats.gamma.fit(values, floc=0)
    found = percentiles.fit(values, percentiles.Family.GAMMA)
    assert (found.first, found.second) == (pytest.approx(shape, rel=1e-6), pytest.approx(scale, rel=1e-6))
    found = percentiles.fit(values, percentiles.Family.WEIBULL)
    shape, _, scale = stats.weibull_min.fit(values, floc=0)
    assert (found.first, found.second) == (pytest.approx(shape, rel=1e-4), pytest.approx(scale, rel=1e-4))
    assert found.log_likelihood == pytest.approx(stats.weibull_min.logpdf(values, shape, 0, scale).sum())


def test_percentiles_of_a_normal_law_give_the_usual_indices():
    law = percentiles.fit(np.random.default_rng(11).normal(10, 1, (2, 50)), percentiles.Family.NORMAL)
    found = percentiles.percentile_indices(law.values(percentiles.SHARES), 7, [13, np.nan])
    usual = indices(law.first, law.second, 7, [13, np.nan])
    for name in ("cp", "cpl", "cpu", "cpk", "k"):
        assert getattr(found, name) == pytest.approx(getattr(usual, name), nan_ok=True)


def test_values_a_family_cannot_hold_are_not_fitted():
    assert np.isnan(percentiles.fit([-1.0, 2.0, 3.0], percentiles.Family.WEIBULL).first)
    name, _ = percentiles.best_fit([[-1.0, 2.0, 3.0], [2.0, 2.0, 2.0]])
    assert name.tolist() == ["normal", ""]


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.sampled_from([0.0, 1e6, -1e6]))
@settings(max_examples=25)
def test_indices_know_no_unit_and_no_offset(seed, scale, shift):
    values = np.random.default_rng(seed).normal(0, 1, (30, 5)).round(3)
    one = capability(process_sums(values), -4, 3, target=0.5)
    shift *= scale
    other = capability(
        process_sums(values * scale + shift),
        -4 * scale + shift,
        3 * scale + shift,
        target=0.5 * scale + shift,
    )
    for study, moved in ((one.within, other.within), (one.overall, other.overall)):
        for name in ("cp", "cpk", "cpm"):
            assert getattr(moved, name).value == pytest.approx(getattr(study, name).value, rel=1e-8)
    assert anderson_darling(values.ravel()[::-1] * scale).a2 == pytest.approx(
        float(anderson_darling(values.ravel()).a2), rel=1e-6
    )
