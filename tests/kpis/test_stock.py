"""Turnover held against balances that are walked day by day in plain Python."""

import random
from datetime import date, timedelta

import pytest

from core.period import Period
from kpis.queries.evaluate import evaluate
from suppliers.access import looking_as
from suppliers.models import Person, User
from tests.kpis.books import NOW, Books

HALF = Period(date(2026, 1, 1), date(2026, 6, 30))
BEFORE = Period(date(2025, 1, 1), date(2025, 6, 30))
COSTS = {"0201001": (0.18, 0.20), "0201003": (0.42, 0.40)}  # 2025, 2026


def days_of(period):
    return [period.first + timedelta(days=place) for place in range(period.days)]


class Walked:
    """One item's closing balance of every day, from its opening and its moves."""

    def __init__(self, number, opening, moves):
        self.number, self.moves, self.closing = number, moves, {}
        balance = opening
        for day in days_of(Period(date(2024, 12, 31), HALF.last)):
            receipts, issues = moves.get(day, (0, 0))
            balance += receipts - issues
            self.closing[day] = balance

    def cost(self, day):
        return COSTS[self.number][day.year - 2025]

    def issues(self, period):
        return sum(self.moves.get(day, (0, 0))[1] * self.cost(day) for day in days_of(period))

    def daily(self, period):
        return sum(self.closing[day] * self.cost(day) for day in days_of(period)) / period.days

    def snapshots(self, period):
        total = 0
        for month in period.months():
            ends = self.closing[month.first - timedelta(days=1)], self.closing[month.last]
            total += sum(ends) / 2 * month.days * self.cost(month.first)
        return total / period.days

    def ends(self, period):
        opening, closing = self.closing[period.first - timedelta(days=1)], self.closing[period.last]
        return (opening * self.cost(period.first) + closing * self.cost(period.last)) / 2


@pytest.fixture
def stock(house):
    """Own stock of two suppliers' parts, moving on some days only; the second supplier's dedicated stock."""
    rng = random.Random(7)
    books, walked = Books(), {}
    for where, number in (("LEAD/S01", "0201001"), ("LEAD/S02", "0201003")):
        moves = {}
        day = date(2025, 1, 3)
        balance = 40000
        while day <= HALF.last:
            issues = min(balance, rng.randrange(500, 4000))
            receipts = rng.randrange(0, 5000)
            moves[day] = (receipts, issues)
            balance += receipts - issues
            day += timedelta(days=rng.choice([1, 2, 5, 40]))
        books.keep_stock(where, number, "LEAD", "own", opening=40000, moves=moves)
        walked[number] = Walked(number, 40000, moves)
        books.price(where, number, date(2025, 1, 1), str(COSTS[number][0]))
        books.price(where, number, date(2026, 1, 1), str(COSTS[number][1]))
    return books, walked


@pytest.mark.parametrize("average", ["daily", "snapshots", "ends"])
@pytest.mark.parametrize("period", [HALF, BEFORE, Period(date(2026, 2, 10), date(2026, 4, 7))])
def test_turnover_is_cost_of_issues_over_the_average_that_it_names(stock, average, period):
    _, walked = stock
    (turns,) = evaluate("turnover", period=period, customer="LEAD", average=average)
    cost = sum(item.issues(period) for item in walked.values())
    held = sum(getattr(item, average)(period) for item in walked.values())
    assert float(turns.numerator) == pytest.approx(cost, abs=0.01)
    assert float(turns.denominator) == pytest.approx(held, abs=0.01)
    assert turns.value == pytest.approx(cost / held * 365 / period.days)
    assert turns.details["average"] == average
    (days,) = evaluate("days_of_inventory", period=period, customer="LEAD", average=average)
    assert days.value == pytest.approx(365 / turns.value)


def test_daily_is_read_where_nothing_else_is_asked(stock):
    assert evaluate("turnover", period=HALF, customer="LEAD")[0].details["average"] == "daily"


def test_by_month_each_month_is_a_period_of_its_own(stock):
    _, walked = stock
    months = evaluate("turnover", period=HALF, customer="LEAD", by="month")
    assert len(months) == 6
    for reading, month in zip(months, HALF.months(), strict=True):
        cost = sum(item.issues(month) for item in walked.values())
        held = sum(item.daily(month) for item in walked.values())
        assert reading.value == pytest.approx(cost / held * 365 / month.days)
        assert reading.period == month


def test_by_supplier_each_turns_its_own_stock(stock):
    _, walked = stock
    first, second = evaluate("turnover", period=HALF, customer="LEAD", by="supplier")
    assert [first.by["supplier"], second.by["supplier"]] == ["S01", "S02"]
    item = walked["0201001"]
    assert first.value == pytest.approx(item.issues(HALF) / item.daily(HALF) * 365 / 181)


def test_constant_prices_value_both_periods_at_those_of_the_base(stock):
    _, walked = stock
    (turns,) = evaluate("turnover", period=HALF, base=BEFORE, customer="LEAD", prices="constant")
    scale = {number: COSTS[number][0] / COSTS[number][1] for number in COSTS}
    cost = sum(item.issues(HALF) * scale[item.number] for item in walked.values())
    held = sum(item.daily(HALF) * scale[item.number] for item in walked.values())
    assert turns.value == pytest.approx(cost / held * 365 / 181)
    assert turns.details["prices"] == "constant"


def test_a_change_splits_exactly_into_volume_and_stock_and_by_supplier(stock):
    (whole,) = evaluate("turnover", period=HALF, base=BEFORE, customer="LEAD", average="snapshots")
    assert whole.change.difference == pytest.approx(whole.value - whole.change.value)
    assert whole.change.relative == pytest.approx(whole.value / whole.change.value - 1)
    assert whole.details["volume"] + whole.details["stock"] == pytest.approx(whole.change.difference)
    parts = evaluate(
        "turnover", period=HALF, base=BEFORE, customer="LEAD", average="snapshots", by="supplier"
    )
    for name in ("volume", "stock"):
        assert sum(one.details[f"share_{name}"] for one in parts) == pytest.approx(whole.details[name])
    for one in parts:
        assert one.details["volume"] + one.details["stock"] == pytest.approx(one.change.difference)


def test_the_chain_counts_consigned_and_dedicated_stock_but_not_their_issues(stock):
    books, walked = stock
    moves = {date(2026, 1, 15): (5000, 3000), date(2026, 4, 2): (0, 1000)}
    books.keep_stock("LEAD/S02", "0201003", "S02", "dedicated", opening=20000, moves=moves)
    books.keep_stock(
        "LEAD/S02", "0201003", "LEAD", "consigned", opening=1000, moves={date(2025, 6, 1): (0, 0)}
    )
    upstream = Walked("0201003", 20000, moves)
    cost = sum(item.issues(HALF) for item in walked.values())
    held = sum(item.daily(HALF) for item in [*walked.values(), upstream]) + 1000 * 0.40
    (turns,) = evaluate("chain_turnover", period=HALF, customer="LEAD")
    assert turns.value == pytest.approx(cost / held * 365 / 181)
    assert evaluate("turnover", period=HALF, customer="LEAD", scope="chain")[0].value == turns.value
    (own,) = evaluate("turnover", period=HALF, customer="LEAD")
    assert own.value > turns.value


def test_monthly_statements_give_month_ends_and_no_daily_average(stock):
    books, _ = stock
    part = books.part(books.partnership("LEAD", "S03"), "0103001")
    books.price("LEAD/S03", part.number, date(2026, 1, 1), "2")
    rows = [
        (date(2026, 1, 31), 100, 40, 80),
        (date(2026, 2, 28), 80, 30, 60),
        # March is left out of the sheet: it opened and closed at what April opens with.
        (date(2026, 4, 30), 50, 20, 90),
    ]
    books.state_stock("LEAD/S03", part.number, "LEAD", "own", rows)
    period = Period(date(2026, 1, 1), date(2026, 4, 30))
    (turns,) = evaluate("turnover", period=period, customer="LEAD", suppliers=["S03"])
    average = (90 * 31 + 70 * 28 + 55 * 31 + 70 * 30) / 120
    assert turns.details["average"] == "snapshots"
    assert turns.value == pytest.approx(90 / average * 365 / 120)
    (daily,) = evaluate("turnover", period=period, customer="LEAD", suppliers=["S03"], average="daily")
    assert (daily.value, daily.reason) == (None, "no_daily_balances")


def test_a_statement_of_stock_whose_movements_are_known_is_a_check_and_counts_once(stock):
    books, _ = stock
    (before,) = evaluate("turnover", period=HALF, customer="LEAD")
    books.state_stock("LEAD/LEAD", "0201001", "LEAD", "own", [(date(2026, 1, 31), 10**6, 0, 10**6)])
    (after,) = evaluate("turnover", period=HALF, customer="LEAD")
    assert after.value == before.value


def test_consigned_stock_that_both_sides_write_down_counts_once(stock):
    books, _ = stock
    books.keep_stock(
        "LEAD/S02", "0201003", "S02", "consigned", opening=1000, moves={date(2026, 1, 1): (0, 0)}
    )
    (before,) = evaluate("chain_turnover", period=HALF, customer="LEAD")
    for where in ("LEAD/LEAD", "LEAD/S02"):
        books.state_stock(where, "0201003", "LEAD", "consigned", [(date(2026, 1, 31), 1000, 0, 1000)])
    (after,) = evaluate("chain_turnover", period=HALF, customer="LEAD")
    assert after.value == before.value


def test_one_suppliers_movements_do_not_hide_anothers_statement(stock):
    books, _ = stock
    books.keep_stock("LEAD/S02", "0201003", "S02", "dedicated", opening=9, moves={date(2026, 1, 1): (0, 0)})
    (before,) = evaluate("chain_turnover", period=HALF, customer="LEAD", average="snapshots")
    books.state_stock("LEAD/S03", "0201003", "S03", "dedicated", [(date(2026, 1, 31), 9000, 0, 9000)])
    (after,) = evaluate("chain_turnover", period=HALF, customer="LEAD", average="snapshots")
    assert after.value < before.value


def test_stock_whose_supplier_nobody_can_tell_counts_in_the_whole_alone(stock):
    books, _walked = stock
    part = books.part(books.partnership("LEAD", "S01"), "0201009")
    books.price("LEAD/S01", part.number, date(2025, 1, 1), "1")
    books.state_stock("LEAD/LEAD", part.number, "LEAD", "own", [(date(2026, 1, 31), 1000, 500, 1000)])
    january = Period(date(2026, 1, 1), date(2026, 1, 31))
    (whole,) = evaluate("turnover", period=january, customer="LEAD", average="snapshots")
    apart = evaluate("turnover", period=january, customer="LEAD", average="snapshots", by="supplier")
    assert float(whole.numerator) == pytest.approx(sum(float(one.numerator) for one in apart) + 500, abs=0.02)


def test_a_new_part_held_nothing_before_its_first_receipt(stock):
    books, _ = stock
    books.part(books.partnership("LEAD", "S01"), "0503003")
    books.price("LEAD/S01", "0503003", date(2026, 5, 1), "3")
    books.keep_stock("LEAD/S01", "0503003", "LEAD", "own", opening=0, moves={date(2026, 5, 1): (100, 0)})
    (turns,) = evaluate("turnover", period=HALF, customer="LEAD", parts=["0503003"])
    assert float(turns.denominator) == pytest.approx(100 * 3 * 61 / 181, abs=0.01)
    assert turns.value == 0


def test_no_stock_no_cost_and_no_issues_have_their_reasons(stock):
    books, _ = stock
    books.part(books.partnership("LEAD", "S01"), "0201002")
    (unknown,) = evaluate("turnover", period=HALF, customer="LEAD", parts=["0201002"])
    assert (unknown.value, unknown.reason) == (None, "no_stock_known")
    books.keep_stock("LEAD/S01", "0201002", "LEAD", "own", opening=10, moves={date(2026, 2, 1): (0, 0)})
    (unpriced,) = evaluate("turnover", period=HALF, customer="LEAD", parts=["0201002"])
    assert (unpriced.value, unpriced.reason) == (None, "no_unit_cost")
    (mixed,) = evaluate("turnover", period=HALF, customer="LEAD", suppliers=["S01"])
    assert mixed.value is not None
    assert mixed.details["parts_without_cost"] == 1
    books.price("LEAD/S01", "0201002", date(2026, 1, 1), "1")
    (days,) = evaluate("days_of_inventory", period=HALF, customer="LEAD", parts=["0201002"])
    assert (days.value, days.reason) == (None, "no_issues")
    later = Period(date(2026, 6, 1), date(2026, 6, 30))
    books.keep_stock("LEAD/S02", "0201002", "LEAD", "own", opening=0, moves={date(2026, 1, 1): (0, 0)})
    books.price("LEAD/S02", "0201002", date(2026, 1, 1), "1")
    (empty,) = evaluate("turnover", period=later, customer="LEAD", suppliers=["S02"], parts=["0201002"])
    assert (empty.value, empty.reason) == (None, "no_stock")


@pytest.mark.parametrize("by", [(), "supplier", "part", "month"])
def test_the_number_of_queries_does_not_grow_with_groups(stock, django_assert_max_num_queries, by):
    # Selection 2, costs, movements and statements twice, part names thrice, what was asked for and lacks.
    with django_assert_max_num_queries(11):
        evaluate("turnover", period=HALF, base=BEFORE, customer="LEAD", by=by)


def test_a_supplier_sees_the_stock_on_its_own_partnership_alone(stock):
    """The movements are read by raw SQL, past the managers: a stranger must still find nothing."""
    books, walked = stock
    user = User.objects.create_user("s02@example.org", "x" * 12)
    person = Person.objects.create(
        user=user, organisation=books.organisation("S02"), role="viewer", joined_at=NOW
    )
    with looking_as(person):
        (mine,) = evaluate("turnover", period=HALF, customer="LEAD")
        (foreign,) = evaluate("turnover", period=HALF, customer="LEAD", suppliers=["S01"])
        (made_up,) = evaluate("turnover", period=HALF, customer="LEAD", suppliers=["S99"])
    item = walked["0201003"]
    assert mine.value == pytest.approx(item.issues(HALF) / item.daily(HALF) * 365 / 181)
    assert (foreign.value, foreign.reason) == (made_up.value, made_up.reason) == (None, "no_stock_known")
