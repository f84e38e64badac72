from datetime import date

import pytest

from core.period import Period
from kpis.queries.evaluate import QuestionMakesNoSense, evaluate
from kpis.queries.sources import Sources
from quality.formulas.proportion import LotSums, between_lots_interval, wilson_interval
from quality.formulas.two_phase import PairSums, two_phase_difference
from quality.models import Inspection
from suppliers.access import looking_as
from suppliers.models import Person, User
from tests.kpis.books import NOW, Books

HALF = Period(date(2026, 1, 1), date(2026, 6, 30))
BEFORE = Period(date(2025, 7, 1), date(2025, 12, 31))


def rows_of(year, *, stage, period=HALF, customer="LEAD", supplier=None, part=None, month=None):
    return [
        row
        for row in year.inspections
        if row["stage"] == stage
        and row["day"] in period
        and row["where"].startswith(f"{customer}/{supplier or ''}")
        and (part is None or row["part"] == part)
        and (month is None or f"{row['day']:%Y-%m}" == month)
    ]


def pooled(rows):
    n, x = sum(row["n"] for row in rows), sum(row["x"] for row in rows)
    return n, n - x


@pytest.mark.parametrize("stage", ["outgoing", "incoming"])
def test_a_pass_rate_is_conforming_over_inspected_of_its_own_stage(year, stage):
    (rate,) = evaluate("pass_rate", period=HALF, stage=stage, customer="LEAD")
    rows = rows_of(year, stage=stage)
    n, conforming = pooled(rows)
    assert (rate.numerator, rate.denominator, rate.n, rate.n_lots) == (conforming, n, n, len(rows))
    assert rate.value == pytest.approx(conforming / n)
    low, high = between_lots_interval(LotSums.of([r["n"] for r in rows], [r["x"] for r in rows]))
    assert (rate.low, rate.high) == pytest.approx((1 - high, 1 - low))
    assert rate.data_until == max(row["day"] for row in rows)
    assert (rate.definition, rate.version, rate.stage) == ("pass_rate", 1, stage)


def test_without_a_stage_there_is_one_entry_a_reading(year):
    stages = [one.stage for one in evaluate("pass_rate", period=HALF, customer="LEAD")]
    assert stages == ["outgoing", "incoming", "corrected"]
    assert [one.stage for one in evaluate("ppm", period=HALF, customer="LEAD")] == ["outgoing", "incoming"]


def test_the_corrected_rate_is_the_estimate_over_lots_read_one_by_one(year):
    (rate,) = evaluate("pass_rate", period=HALF, stage="corrected", customer="LEAD")
    mine = rows_of(year, stage="outgoing")
    theirs = {row["lot"]: row for row in year.inspections if row["stage"] == "incoming"}
    pairs = [(row, theirs[row["lot"]]) for row in mine if row["lot"] in theirs]
    expected = two_phase_difference(
        LotSums.of([r["n"] for r in mine], [r["x"] for r in mine]),
        PairSums.of(*([pair[side][what] for pair in pairs] for side in (0, 1) for what in "nx")),
    )
    assert rate.value == pytest.approx(1 - float(expected.rate))
    assert (rate.low, rate.high) == pytest.approx((1 - float(expected.high), 1 - float(expected.low)))
    assert rate.details["pairs"] == len(pairs)
    assert rate.details["mean_difference"] == pytest.approx(-float(expected.difference))
    assert rate.details["unreported_lots_seen"] == 0


def test_a_lot_that_came_without_a_report_weighs_in(house):
    books = Books()
    for place in range(14):
        day = date(2026, 2, 1 + place)
        books.inspect("LEAD/S06", "0401001", f"L{place}", day, (100, 1))
        books.inspect("LEAD/S06", "0401001", f"L{place}", date(2026, 3, 1), (100, 1), stage="incoming")
    books.inspect("LEAD/S06", "0401001", "hidden", date(2026, 3, 2), (100, 15), stage="incoming")
    books.add_lot_sums()
    (rate,) = evaluate("pass_rate", period=HALF, stage="corrected", customer="LEAD")
    assert rate.details["unreported_lots_seen"] == 1
    assert rate.details["unreported_share"] == pytest.approx(1 / 15)
    assert rate.value == pytest.approx(1 - (14 * 0.01 + 0.15) / 15)


def test_groups_add_up_to_the_whole(year):
    (whole,) = evaluate("pass_rate", period=HALF, stage="outgoing", customer="LEAD")
    for by in ("supplier", "part", "month", ("supplier", "month")):
        parts = evaluate("pass_rate", period=HALF, stage="outgoing", customer="LEAD", by=by)
        assert sum(one.numerator for one in parts) == whole.numerator
        assert sum(one.n for one in parts) == whole.n
        assert sum(one.n_lots for one in parts) == whole.n_lots


def test_by_supplier_each_is_named_and_counted_apart(year):
    first, second = evaluate("pass_rate", period=HALF, stage="outgoing", customer="LEAD", by="supplier")
    assert (first.by, second.by) == ({"supplier": "S01"}, {"supplier": "S02"})
    n, conforming = pooled(rows_of(year, stage="outgoing", supplier="S01"))
    assert (first.numerator, first.denominator) == (conforming, n)
    assert first.label == "示例·S01"


def test_by_month_every_month_has_its_line_and_an_empty_one_no_number(year):
    summer = Period(date(2025, 5, 1), date(2025, 8, 31))
    months = evaluate("pass_rate", period=summer, stage="outgoing", customer="LEAD", by="month")
    assert [one.by["month"] for one in months] == ["2025-05", "2025-06", "2025-07", "2025-08"]
    empty, full = months[0], months[2]
    assert (empty.value, empty.low, empty.reason, empty.n) == (None, None, "nothing_inspected", 0)
    assert empty.reason_text
    assert pooled(rows_of(year, stage="outgoing", period=summer, month="2025-07")) == (full.n, full.numerator)


def test_one_part_alone(year):
    (rate,) = evaluate(
        "pass_rate", period=HALF, stage="outgoing", customer="LEAD", parts=["0201003"], suppliers=["S02"]
    )
    n, conforming = pooled(rows_of(year, stage="outgoing", part="0201003"))
    assert (rate.numerator, rate.denominator) == (conforming, n)
    assert "part=0201003" in rate.rows_path
    assert "supplier=S02" in rate.rows_path


def test_a_code_that_does_not_exist_finds_nothing(year):
    for wrong in ({"suppliers": ["S99"]}, {"parts": ["nope"]}, {"customer": "NOBODY"}):
        (rate,) = evaluate("pass_rate", period=HALF, stage="outgoing", **{"customer": "LEAD"} | wrong)
        assert (rate.value, rate.reason) == (None, "nothing_inspected")


def test_ppm_is_the_nonconforming_share_times_a_million(year):
    (ppm,) = evaluate("ppm", period=HALF, stage="outgoing", customer="LEAD")
    n, conforming = pooled(rows_of(year, stage="outgoing"))
    assert ppm.numerator == n - conforming
    assert ppm.value == pytest.approx((n - conforming) / n * 1e6)
    assert ppm.low < ppm.value < ppm.high


def test_lots_accepted_first_time_count_no_concession(house):
    books = Books()
    for place, (verdict, conceded) in enumerate(
        [("accepted", False)] * 17 + [("rejected", True)] * 2 + [("rejected", False)] + [("", False)] * 3
    ):
        books.inspect(
            "LEAD/S01", "0201001", f"L{place}", date(2026, 2, 1), (50, 0), verdict=verdict, conceded=conceded
        )
    books.add_lot_sums()
    (rate,) = evaluate("lot_acceptance_rate", period=HALF, stage="outgoing", customer="LEAD")
    assert (rate.numerator, rate.denominator, rate.n, rate.n_lots) == (17, 20, 20, 23)
    assert (rate.low, rate.high) == pytest.approx(tuple(map(float, wilson_interval(17, 20))))
    assert rate.details == {"conceded": 2, "without_verdict": 3}


def test_fewer_than_twelve_lots_are_preliminary_and_carry_no_conclusion(year):
    early = Period(date(2026, 1, 1), date(2026, 1, 31))
    (rate,) = evaluate(
        "pass_rate", period=early, base=BEFORE, stage="outgoing", customer="LEAD", parts=["0201001"]
    )
    assert rate.preliminary
    assert rate.change.word == "undecided"


def test_a_change_has_an_interval_and_a_word(year):
    (rate,) = evaluate("pass_rate", period=HALF, base=BEFORE, stage="outgoing", customer="LEAD")
    n, conforming = pooled(rows_of(year, stage="outgoing", period=BEFORE))
    assert rate.change.value == pytest.approx(conforming / n)
    assert rate.change.difference == pytest.approx(rate.value - conforming / n)
    assert rate.change.low < rate.change.difference < rate.change.high
    assert rate.change.word == "undecided"


def test_a_clear_fall_is_worse_and_a_clear_rise_of_ppm_too(house):
    books = Books()
    for place in range(40):
        books.inspect("LEAD/S01", "0201001", f"A{place}", date(2025, 8, 1), (200, 1))
        books.inspect("LEAD/S01", "0201001", f"B{place}", date(2026, 2, 1), (200, 9 + place % 3))
    books.add_lot_sums()
    for kpi in ("pass_rate", "ppm"):
        (rate,) = evaluate(kpi, period=HALF, base=BEFORE, stage="outgoing", customer="LEAD")
        assert rate.change.word == "worse"


def test_a_withdrawn_pair_does_not_count(year):
    (before,) = evaluate("pass_rate", period=HALF, stage="corrected", customer="LEAD", suppliers=["S02"])
    gone = Inspection.objects.filter(
        stage="incoming", inspection_date__gte=date(2026, 3, 1), part__number="0201003"
    )
    gone.update(withdrawn_at=NOW)
    (after,) = evaluate("pass_rate", period=HALF, stage="corrected", customer="LEAD", suppliers=["S02"])
    assert after.details["pairs"] < before.details["pairs"]


def test_a_supplier_sees_its_own_figures_and_nobody_elses(year):
    user = User.objects.create_user("s02@example.org", "x" * 12)
    person = Person.objects.create(
        user=user, organisation=year.organisation("S02"), role="viewer", joined_at=NOW
    )
    with looking_as(person):
        (all_in_scope,) = evaluate("pass_rate", period=HALF, stage="outgoing")
        assert evaluate("pass_rate", period=HALF, stage="outgoing", by="supplier")[0].by == {
            "supplier": "S02"
        }
        (foreign,) = evaluate("pass_rate", period=HALF, stage="outgoing", customer="CUST2")
        (made_up,) = evaluate("pass_rate", period=HALF, stage="outgoing", customer="CUST9")
    n, conforming = pooled(rows_of(year, stage="outgoing", supplier="S02"))
    assert (all_in_scope.numerator, all_in_scope.denominator) == (conforming, n)
    assert (foreign.value, foreign.n, foreign.reason) == (made_up.value, made_up.n, made_up.reason)


@pytest.mark.parametrize("by", [(), "supplier", "part", "month", ("supplier", "part", "month")])
def test_the_number_of_queries_does_not_grow_with_groups(year, django_assert_max_num_queries, by):
    with django_assert_max_num_queries(10):  # selection 2, readings 5, names of parts once a reading
        evaluate("pass_rate", period=HALF, customer="LEAD", by=by)


@pytest.mark.parametrize(
    "wrong", [{"stage": "final"}, {"by": "weather"}, {"average": "daily"}, {"by": ("part", "part")}]
)
def test_a_question_that_makes_no_sense_is_refused(house, wrong):
    with pytest.raises(QuestionMakesNoSense):
        evaluate("pass_rate", period=HALF, **wrong)


@pytest.mark.parametrize("name", ["pass_rate", "lot_acceptance_rate", "ppm_delivered", "on_time_delivery"])
def test_what_a_page_reads_at_once_is_what_each_period_reads_by_itself(year, name):
    at_once = Sources()
    at_once.look_at(BEFORE, HALF)
    for days in (HALF, BEFORE, Period(date(2025, 9, 10), date(2026, 2, 3))):
        asked = {"period": days, "customer": "LEAD"}
        for read, alone in zip(
            evaluate(name, **asked, sources=at_once), evaluate(name, **asked), strict=True
        ):
            assert (read.numerator, read.denominator, read.n) == (alone.numerator, alone.denominator, alone.n)
            assert (read.value, read.low, read.high) == pytest.approx((alone.value, alone.low, alone.high))
