"""The curve of one lot: counted out for small lots, and what leaves inspection at worst."""

from itertools import combinations, permutations

import numpy as np
import pytest

from quality.formulas.sampling.acceptance import lot_acceptance_probability, outgoing_limit
from quality.formulas.sampling.lot_curves import double_lot_acceptance
from quality.queries.sampling import accept_zero_plan_of_lot, plan_of_lot, variables_plan_of_lot


def test_a_double_plan_of_a_small_lot_by_every_order_of_its_pieces():
    n, ac, re = (2, 2), (0, 1), (2, 2)
    for bad in range(6):
        accepted = 0
        orders = list(permutations([1] * bad + [0] * (5 - bad)))
        for order in orders:
            first, both = sum(order[:2]), sum(order[:4])
            accepted += first <= ac[0] or (first < re[0] and both <= ac[1])
        assert float(double_lot_acceptance(5, n, ac, re, bad)) == pytest.approx(accepted / len(orders))
    samples = list(combinations([1, 1, 0, 0, 0, 0], 3))
    told = np.mean([sum(sample) <= 1 for sample in samples])
    assert float(lot_acceptance_probability(6, 3, 1, 2)) == pytest.approx(told)


@pytest.mark.parametrize("lot_size", [50, 1000, 500_000])
@pytest.mark.parametrize("sampling", ["single", "double"])
def test_the_curve_of_a_lot_falls_from_certainty_and_nears_that_of_the_process(lot_size, sampling):
    plan = plan_of_lot(lot_size=lot_size, aql="1.0", sampling=sampling)
    chances = [point.pa for point in plan.lot_oc]
    assert chances[0] == 1 and chances[-1] <= 0.01 and chances == sorted(chances, reverse=True)
    assert len(plan.lot_oc) <= 61
    if lot_size == 500_000:  # a sample small beside its lot
        process = np.interp(
            [p.nonconforming / lot_size for p in plan.lot_oc],
            *zip(*[(o.p, o.pa) for o in plan.oc], strict=True),
        )
        assert chances == pytest.approx(process.tolist(), abs=5e-3)


@pytest.mark.parametrize("aql", ["0.40", "1.0", "4.0"])
def test_the_worst_outgoing_quality_is_where_its_slope_is_none(aql):
    plan = plan_of_lot(lot_size=3000, aql=aql)
    exact = outgoing_limit(plan.n[0], plan.ac[0], lot=3000)
    assert (plan.aoql, plan.aoql_at) == pytest.approx((exact.aoql, exact.at), rel=1e-3)
    assert plan.aoql == pytest.approx(exact.aoql, rel=1e-6)
    for other in (
        plan_of_lot(lot_size=3000, aql=aql, sampling="double"),
        variables_plan_of_lot(lot_size=3000, aql=aql),
    ):
        assert max(point.aoq for point in other.oc) <= other.aoql < 2 * plan.aoql
    whole = accept_zero_plan_of_lot(lot_size=20, rql=0.01)
    assert whole.full_inspection and whole.aoql == 0
