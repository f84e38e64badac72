import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.formulas import turnover as stock
from tests.reference.cases import assert_meets, load

CASES = load("inventory_cases.json")

amounts = st.floats(0, 1e7, allow_subnormal=False).map(lambda value: value if value > 1e-3 else 0.0)


def inputs(case):
    return CASES[case]["input"], CASES[case]


def test_turnover_of_a_year_and_its_days():
    given_, case = inputs("inv-turnover-annual")
    turns = stock.turnover(given_["cost_of_issues"], given_["average_inventory"], days=given_["days"])
    assert_meets(turns, case, "turnover")
    assert_meets(stock.days_of_inventory(turns), case, "days_of_inventory")


def test_only_opening_and_closing_are_known():
    given_, case = inputs("inv-open-close")
    average = stock.average_of_ends(given_["opening"], given_["closing"])
    turns = stock.turnover(given_["cost_of_issues"], average, days=given_["days"])
    assert_meets(average, case, "average")
    assert_meets(turns, case, "turnover")
    assert_meets(stock.days_of_inventory(turns), case, "days_of_inventory")


def test_improvement_is_the_quotient_less_one():
    given_, case = inputs("inv-improvement")
    assert_meets(stock.improvement(given_["kpi1"], given_["kpi0"]), case, "improvement")


def test_average_from_movements_is_the_mean_of_daily_balances():
    given_, case = inputs("inv-time-weighted-movements")
    day = [movement["day"] for movement in given_["movements"]]
    quantity = np.array([movement["quantity"] for movement in given_["movements"]])
    balances = stock.daily_balances(given_["opening"], day, quantity, days=given_["days"])
    average, issues = stock.average_of_days(balances), -quantity[quantity < 0].sum()
    turns = stock.turnover(issues * given_["unit_cost"], average * given_["unit_cost"], days=given_["days"])
    assert_meets(average, case, "average_quantity")
    assert_meets(balances[-1], case, "closing")
    assert_meets(issues, case, "issues")
    assert_meets(turns, case, "turnover")
    assert_meets(stock.days_of_inventory(turns), case, "days_of_inventory")


def test_three_averages_of_one_month_give_three_turnovers():
    given_, case = inputs("inv-three-averages")
    day = [snapshot["day"] for snapshot in given_["snapshots"]]
    value = [snapshot["value"] for snapshot in given_["snapshots"]]
    averages = {
        "time_weighted_step": stock.average_of_snapshots(day, value, rule="step"),
        "mean_of_snapshots": stock.average_of_days(value),
        "opening_closing": stock.average_of_ends(given_["opening"], given_["closing"]),
    }
    for method, average in averages.items():
        assert_meets(average, case, method, "average")
        turns = stock.turnover(given_["cost_of_issues"], average, days=given_["days"])
        assert_meets(turns, case, method, "turnover")


def test_month_ends_are_weighted_by_the_days_between_them():
    # 100 for 31 days falling to 40, then 28 days rising to 60
    assert stock.average_of_snapshots([0, 31, 59], [100, 40, 60]) == pytest.approx((70 * 31 + 50 * 28) / 59)


def test_a_price_rise_alone_is_no_improvement_at_constant_prices():
    given_, case = inputs("inv-constant-prices")
    prices0 = {row["part"]: row["price"] for row in given_["period0"]["issues"]}

    def turns(period, prices):
        value = [sum(row["quantity"] * prices.get(row["part"], row["price"]) for row in given_[period][what])
                 for what in ("issues", "average_stock")]  # fmt: skip
        return stock.turnover(*value, days=given_[period]["days"])

    for basis, prices in (("period_prices", {}), ("constant_prices", prices0)):
        before, after = turns("period0", prices), turns("period1", prices)
        assert_meets(before, case, basis, "turnover0")
        assert_meets(after, case, basis, "turnover1")
        assert_meets(stock.improvement(after, before), case, basis, "improvement")


def test_stock_pushed_upstream_leaves_the_chains_turnover_where_it_was():
    given_, case = inputs("inv-chain-turnover")
    for when, keys in ((given_, ()), (given_["after"], ("after",))):
        cost, days = when["cost_of_consumption"], given_["days"]
        own, upstream = when["customer_stock"], when["supplier_dedicated_stock"]
        assert_meets(stock.turnover(cost, own, days=days), case, *keys, "customer_turnover")
        assert_meets(stock.turnover(cost, own + upstream, days=days), case, *keys, "chain_turnover")


def test_no_stock_no_issues_and_no_baseline_give_no_number():
    assert np.isnan(stock.turnover(100, 0, days=30))
    assert np.isnan(stock.days_of_inventory(stock.turnover(0, 100, days=30)))
    assert np.isnan(stock.improvement(5, 0))
    assert np.isnan(stock.average_of_snapshots([0], [5]))
    assert np.isnan(stock.average_of_days(np.empty((0,))))


def test_movements_outside_the_period_and_snapshots_out_of_order_are_refused():
    with pytest.raises(ValueError, match="inside"):
        stock.daily_balances(0, [30], [1], days=30)
    with pytest.raises(ValueError, match="order"):
        stock.average_of_snapshots([0, 5, 5], [1, 2, 3])


@pytest.mark.parametrize(
    ("a", "b", "mean"), [(1, 1, 1), (0, 5, 0), (2, 1, 1 / np.log(2)), (1e9, 1e9 + 1, 1e9 + 0.5), (0, 0, 0)]
)
def test_the_logarithmic_mean(a, b, mean):
    assert stock.logarithmic_mean(a, b) == pytest.approx(mean, rel=1e-12)
    assert stock.logarithmic_mean(b, a) == pytest.approx(mean, rel=1e-12)


@given(amounts, amounts.filter(bool), amounts, amounts.filter(bool))
def test_volume_and_stock_add_up_to_the_change(issues1, stock1, issues0, stock0):
    split = stock.volume_and_stock(issues1, stock1, issues0, stock0)
    after, before = issues1 / stock1, issues0 / stock0
    scale = max(after, before, 1.0) * 1e-9
    assert split.volume + split.stock == pytest.approx(after - before, abs=scale)
    if issues1 == issues0:
        assert split.volume == pytest.approx(0, abs=scale)
    if stock1 == stock0:
        assert split.stock == pytest.approx(0, abs=scale)


@given(st.lists(st.tuples(amounts, amounts, amounts, amounts), min_size=1, max_size=8))
def test_suppliers_add_up_to_the_whole_also_when_they_come_and_go(rows):
    issues1, stock1, issues0, stock0 = np.array(rows).T
    if not (stock1.sum() > 0 and stock0.sum() > 0):
        return
    whole = stock.volume_and_stock(issues1.sum(), stock1.sum(), issues0.sum(), stock0.sum())
    parts = stock.split_by_part(issues1, stock1, issues0, stock0)
    scale = max(issues1.sum() / stock1.sum(), issues0.sum() / stock0.sum(), 1.0)
    # Effects that offset each other are far larger than their sum: they set the rounding.
    assert parts.volume.sum() == pytest.approx(whole.volume, abs=1e-6 * (scale + np.abs(parts.volume).max()))
    assert parts.stock.sum() == pytest.approx(whole.stock, abs=1e-6 * (scale + np.abs(parts.stock).max()))


def test_growth_alone_is_all_volume_and_leaner_stock_is_all_stock():
    grown = stock.volume_and_stock(1190, 100, 1000, 100)
    assert (grown.volume, grown.stock) == pytest.approx((1.9, 0))
    leaner = stock.volume_and_stock(1000, 80, 1000, 100)
    assert (leaner.volume, leaner.stock) == pytest.approx((0, 2.5))


def test_suppliers_that_offset_each_other_keep_their_shares():
    parts = stock.split_by_part([600, 400], [50, 50], [500, 500], [50, 50])
    assert parts.volume == pytest.approx([1.0, -1.0])
    assert parts.stock == pytest.approx([0, 0])
