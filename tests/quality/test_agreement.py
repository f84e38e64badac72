import numpy as np
import pytest

from quality.formulas.agreement import deming_line, limits_of_agreement, verdict_agreement
from tests.reference.cases import assert_meets, load

CASES = load("agreement_cases.json")


def test_limits_of_agreement_are_those_of_bland_and_altman():
    case = CASES["agree-bland-altman-pefr"]
    result = limits_of_agreement(case["input"]["first"], case["input"]["second"])
    for name in case["expected"]:
        assert_meets(getattr(result, name), case, name)


def test_verdicts_of_both_sides_have_kappa_escapes_and_over_rejections():
    case = CASES["agree-lot-verdicts"]
    result = verdict_agreement(case["input"]["table"])
    assert_meets(result.kappa.kappa, case, "kappa")
    assert_meets([result.kappa.low, result.kappa.high], case, "kappa_interval")
    assert_meets(result.agreement, case, "agreement")
    assert_meets(result.escapes.rate, case, "escape_rate")
    assert_meets(result.escapes.wilson, case, "escape_wilson")
    assert_meets(result.escapes.clopper_pearson, case, "escape_clopper_pearson")
    assert_meets(result.over_rejections.rate, case, "over_rejection_rate")
    assert_meets(result.over_rejections.wilson, case, "over_rejection_wilson")
    assert_meets(result.mcnemar_exact_p, case, "mcnemar_exact_p")


def test_the_deming_line_knows_that_both_gauges_err():
    case = CASES["agree-deming"]
    line = deming_line(case["input"]["x"], case["input"]["y"])
    assert_meets(line.slope, case, "slope")
    assert_meets(line.intercept, case, "intercept")
    back = deming_line(case["input"]["y"], case["input"]["x"])
    assert back.slope == pytest.approx(1 / line.slope)


def test_many_characteristics_and_suppliers_go_in_one_call():
    rng = np.random.default_rng(5)
    first, second = rng.normal(10, 1, (3, 20)), rng.normal(10, 1, (3, 20))
    together = limits_of_agreement(first, second)
    assert together.bias[2] == pytest.approx(limits_of_agreement(first[2], second[2]).bias)
    tables = np.array([[[172, 9], [4, 15]], [[30, 0], [0, 0]], [[0, 0], [0, 0]]])
    result = verdict_agreement(tables)
    assert result.escapes.rate[:2] == pytest.approx([9 / 181, 0])
    assert np.isnan([result.escapes.rate[2], result.over_rejections.rate[1], result.kappa.kappa[1]]).all()
    assert result.mcnemar_exact_p[1:].tolist() == [1, 1]


def test_sides_that_always_agree_have_limits_of_no_width():
    result = limits_of_agreement([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert np.array([result.bias, result.sd, *result.loa]).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("impossible", "message"),
    [
        (lambda: limits_of_agreement([1.0], [1.0]), "two pairs"),
        (lambda: limits_of_agreement([1.0, 2.0], [1.0]), "two pairs"),
        (lambda: deming_line([1.0, 2.0], [1.0, 2.0], error_ratio=0), "positive ratio"),
        (lambda: verdict_agreement([[1, 2, 3], [4, 5, 6]]), "two by two"),
        (lambda: verdict_agreement([[1, -2], [3, 4]]), "counts"),
    ],
)
def test_what_cannot_be_compared_is_refused(impossible, message):
    with pytest.raises(ValueError, match=message):
        impossible()
