import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.formulas.gauges.kappa import cohen_kappa, fleiss_kappa
from quality.formulas.gauges.linearity import gauge_bias, gauge_linearity
from quality.formulas.gauges.repeatability import gauge_anova, gauge_ranges
from quality.formulas.gauges.verdicts import attribute_study
from tests.reference.cases import assert_meets, load

CASES = load("gauge_cases.json")
AIAG = CASES["msa-aiag-anova-pooled"]


def study(case):
    rows = case["input"]["measurements"]
    if isinstance(rows[0], dict):
        return np.array([[row[operator] for operator in case["input"]["operators"]] for row in rows])
    return np.array(rows)


def one_study(seed=3):
    rng = np.random.default_rng(seed)
    parts, operators = rng.normal(0, 2, (8, 1, 1)), rng.normal(0, 0.5, (1, 3, 1))
    return 50 + parts + operators + rng.normal(0, 0.4, (8, 3, 2))


@pytest.mark.parametrize("case", ["msa-aiag-anova-pooled", "msa-random-pooled"])
def test_analysis_of_variance_gives_the_components_of_the_manual(case):
    case = CASES[case]
    result = gauge_anova(study(case), tolerance=case["input"].get("tolerance"))
    for name in case["expected"]["ss"]:
        assert_meets(getattr(result.ss, name), case, "ss", name)
    for name in case["expected"]["var"]:
        assert_meets(getattr(result.var, name), case, "var", name)
    for name in case["expected"].keys() - {"ss", "var"}:
        assert_meets(getattr(result, name), case, name)
    assert result.pooled


def test_parts_that_do_not_differ_leave_one_category():
    case = CASES["msa-identical-parts"]
    result = gauge_anova(study(case), pool=False)
    assert_meets(result.var.part, case, "part")
    assert_meets(result.pct_study_grr, case, "pct_study_grr")
    assert_meets(result.ndc, case, "ndc")


def test_averages_and_ranges_give_the_report_of_the_manual():
    case = CASES["msa-aiag-average-range"]
    result = gauge_ranges(study(case), **{f"k{i}": case["input"][f"K{i}"] for i in (1, 2, 3)})
    for name in case["expected"]:
        assert_meets(getattr(result, name), case, name)


@given(st.floats(0.1, 100), st.floats(-1e6, 1e6), st.randoms(use_true_random=False))
def test_percentages_know_no_unit_no_origin_and_no_order_of_parts(scale, shift, random):
    x = one_study()
    order = list(range(8))
    random.shuffle(order)
    plain, changed = gauge_anova(x), gauge_anova(x[order] * scale + shift)
    assert changed.pct_study_grr == pytest.approx(plain.pct_study_grr, rel=1e-6)
    assert changed.ndc == plain.ndc


def test_many_studies_go_in_one_call():
    both = np.stack([one_study(1), one_study(2)])
    together = gauge_anova(both, tolerance=[5.0, 10.0])
    for i in range(2):
        alone = gauge_anova(both[i], tolerance=[5.0, 10.0][i])
        assert together.pct_study_grr[i] == pytest.approx(alone.pct_study_grr)
        assert together.pct_tolerance_grr[i] == pytest.approx(alone.pct_tolerance_grr)
        assert together.pooled[i] == alone.pooled


def test_a_study_without_any_variation_has_no_percentages():
    result = gauge_anova(np.full((5, 3, 3), 0.1))
    assert result.var.total == 0
    assert np.isnan([result.pct_study_grr, result.ndc, result.f_interaction]).all()


@pytest.mark.parametrize(
    ("measurements", "message"),
    [
        (np.ones((1, 3, 3)), "two parts"),
        (np.ones((5, 3, 1)), "two trials"),
        (np.full((5, 3, 3), np.nan), "gaps"),
    ],
)
def test_a_study_with_gaps_or_too_small_is_refused(measurements, message):
    with pytest.raises(ValueError, match=message):
        gauge_anova(measurements)
    with pytest.raises(ValueError, match=message):
        gauge_ranges(measurements, k1=0.6, k2=0.5, k3=0.3)


def test_linearity_is_the_regression_of_the_manual():
    case = CASES["msa-linearity-aiag"]
    reference = np.array(case["input"]["reference"])[:, None]
    result = gauge_linearity(reference, case["input"]["measurements"])
    for name in case["expected"]:
        assert_meets(getattr(result, name), case, name)
    flat = gauge_linearity(np.repeat(reference, 12), np.ravel(case["input"]["measurements"]))
    assert flat.slope == pytest.approx(result.slope)


def test_bias_is_a_test_of_the_mean_deviation():
    # By hand: deviations 0.1, 0.3, 0.2; mean 0.2, s 0.1, t = 0.2 / (0.1 / sqrt 3) = 3.4641, p = 0.0742.
    bias = gauge_bias([[10.1, 10.3, 10.2]], [10.0])
    assert bias.bias == pytest.approx([0.2])
    assert bias.t == pytest.approx([np.sqrt(12)])
    assert bias.p == pytest.approx([0.0741799], abs=1e-6)
    assert bias.low == pytest.approx([0.2 - 4.3026527 * 0.1 / np.sqrt(3)])
    with pytest.raises(ValueError, match="two measurements"):
        gauge_bias([10.1], 10.0)
    with pytest.raises(ValueError, match="two reference values"):
        gauge_linearity([5, 5, 5], [5.1, 5.2, 5.0])


def test_cohens_kappa_has_the_errors_of_fleiss_cohen_and_everitt():
    case = CASES["msa-kappa-cohen-2x2"]
    result = cohen_kappa(case["input"]["table"])
    for name in ("observed", "expected", "kappa", "se", "se0", "z"):
        assert_meets(getattr(result, name), case, name)
    assert_meets([result.low, result.high], case, "interval")


def test_fleiss_kappa_is_the_printed_one_as_a_whole_and_by_category():
    case = CASES["msa-kappa-fleiss-known"]
    result = fleiss_kappa(case["input"]["table"])
    for name in ("observed", "expected", "kappa", "se0", "z", "kappa_by_category"):
        assert_meets(getattr(result, name), case, name)
    assert_meets(result.se0_by_category[0], case, "se0_by_category")
    assert result.low < result.kappa < result.high


def test_weights_forgive_neighbouring_categories():
    near, far = [[20, 5, 0], [5, 20, 5], [0, 5, 20]], [[20, 0, 5], [5, 20, 5], [5, 0, 20]]
    assert cohen_kappa(near, weights="quadratic").kappa > cohen_kappa(near).kappa
    assert cohen_kappa(far, weights="quadratic").kappa < cohen_kappa(near, weights="quadratic").kappa
    two = [[44, 6], [3, 97]]
    assert cohen_kappa(two, weights="linear").se == pytest.approx(cohen_kappa(two).se)


def test_raters_who_use_one_category_alone_have_no_kappa():
    assert np.isnan(cohen_kappa([[30, 0], [0, 0]]).kappa)
    assert np.isnan(fleiss_kappa([[3, 0], [3, 0], [3, 0]]).kappa)
    with pytest.raises(ValueError, match="same number"):
        fleiss_kappa([[3, 0], [2, 0]])
    with pytest.raises(ValueError, match="square"):
        cohen_kappa([[1, 2, 3], [4, 5, 6]])


def test_an_attribute_study_tells_misses_from_false_alarms():
    standard = [True, True, False, False]
    accepted = [  # piece, appraiser, trial
        [[True, True], [True, True]],
        [[True, True], [True, False]],
        [[False, False], [True, False]],
        [[False, False], [False, False]],
    ]
    result = attribute_study(accepted, standard)
    assert result.consistent.found.tolist() == [4, 2]
    assert result.effective.rate.tolist() == [1.0, 0.5]
    assert result.missed.rate.tolist() == [0.0, 0.25]
    assert result.false_alarms.rate.tolist() == [0.0, 0.25]
    assert [int(share.found) for share in (result.all_alike, result.all_right)] == [2, 2]
    assert np.isnan(attribute_study(accepted, [True] * 4).missed.rate).all()
    with pytest.raises(ValueError, match="standard for each piece"):
        attribute_study(accepted, standard[:3])
