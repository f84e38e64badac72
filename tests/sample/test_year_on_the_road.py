"""The simulated year through the road: what is stored and read is what was drawn, counted here by hand.

Expectations are added up in plain Python from the plan's CSV files and from the draw; no query of ours
takes part in them. The year is loaded once, by two processes on connections of their own as `load_demo`
does, and then once more.
"""

import csv
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from core import clock
from core.period import Period
from inventory.models import Delivery, Movement, Return
from inventory.queries.books import read_books
from kpis.queries.evaluate import evaluate
from kpis.queries.readings import Reading
from quality.models import Disposition, Inspection
from sample.generator.ledger import incoming_inspections, reported_inspections
from sample.generator.plan import BASELINE, FOLDER, REPORT_PERIOD
from sample.generator.year import Year, draw
from sample.services.cast import make_cast
from sample.services.side_by_side import load_side_by_side
from sample.services.writing import written_files
from suppliers.access import looking_as_house
from suppliers.queries.selection import select
from tests.cast import with_defect_codes

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

PERIODS = [Period(*BASELINE), Period(*REPORT_PERIOD)]
DAILY_BOOKS = Period(date(2025, 1, 1), date(2026, 6, 30))
STORED = (Inspection, Disposition, Delivery, Return, Movement)


@dataclass(frozen=True)
class Loaded:
    """What came of loading twice, and the draw that was loaded."""

    drawn: Year
    new: int
    new_again: int
    rows: dict[str, int]
    rows_again: dict[str, int]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Loaded]:
    """The year in the database, for all tests of this file; taken away after them."""
    own = {"VAR_DIR": tmp_path_factory.mktemp("year"), "CLOCK_DATE": "2026-06-30"}
    with django_db_blocker.unblock(), override_settings(**own), looking_as_house("hold the year's totals"):
        with_defect_codes()
        try:
            new, rows = load()
            new_again, rows_again = load()
            yield Loaded(draw(), new, new_again, rows, rows_again)
        finally:
            call_command("flush", interactive=False, verbosity=0)
            with_defect_codes()


def load() -> tuple[int, dict[str, int]]:
    """Load as `load_demo` does; return how many rows were new, and how many are stored of each noun."""
    make_cast(now=clock.now())
    new = load_side_by_side(written_files(), now=clock.now, done=lambda name: None)
    return new, {model.__name__: model.objects.count() for model in STORED}


# -- counted by hand --------------------------------------------------------------------------------
def plan(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def programme_of(period: Period) -> list[dict[str, str]]:
    first, last = f"{period.first:%Y-%m}", f"{period.last:%Y-%m}"
    return [row for row in plan("programme") if first <= row["month"] <= last]


def totals_of(rows: Iterable[dict], column: str, by: str) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row[by]] += int(row[column])
    return {key: total for key, total in totals.items() if total}


def first_presentations(drawn: Year, stage: str, period: Period) -> dict[str, list]:
    """Inspections of the draw by supplier, those that a pass rate counts."""
    everything = (
        [one for reported in reported_inspections(drawn).values() for one in reported]
        if stage == "outgoing"
        else incoming_inspections(drawn)
    )
    found = defaultdict(list)
    for one in everything:
        if one.submission == 1 and period.first <= one.date <= period.last:
            found[one.supplier].append(one)
    return found


def turnover_by_hand(period: Period, holdings: tuple[str, ...] = ("lead",)) -> float:
    """The lead's issues a year over stock at month ends weighted by days, both at the month's price."""
    cost = held = 0.0
    for row in programme_of(period):
        year, month = map(int, row["month"].split("-"))
        price = float(row["unit_price_cny"])
        cost += int(row["lead_issues"]) * price
        for holding in holdings:
            mean = (int(row[f"{holding}_opening"]) + int(row[f"{holding}_closing"])) / 2
            held += mean * price * monthrange(year, month)[1] / period.days
    return cost / held * 365 / period.days


def charged_pieces(period: Period) -> int:
    return sum(
        int(row["quantity"])
        for row in plan("programme_returns")
        if row["status"] == "charged" and f"{period.first}" <= row["date"] <= f"{period.last}"
    )


# -- read from the product --------------------------------------------------------------------------
def by_supplier(name: str, period: Period, stage: str | None = None) -> dict[str, Reading]:
    readings = evaluate(name, period=period, stage=stage, customer="LEAD", by="supplier")
    return {one.by["supplier"]: one for one in readings if one.n}


def whole(name: str, period: Period, **options: Any) -> Reading:
    (reading,) = evaluate(name, period=period, customer="LEAD", **options)
    return reading


def closings(ownership: str) -> dict[str, int]:
    """Pieces at the end of each month, of the items that are owned like this."""
    stock = read_books(select(customer="LEAD"), DAILY_BOOKS).months(DAILY_BOOKS)
    totals = stock.closing[stock.ownership == ownership].sum(axis=0)
    return {f"{month:%Y-%m}": int(total) for month, total in zip(stock.months, totals, strict=True) if total}


# -- the same ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("period", PERIODS, ids=str)
@pytest.mark.parametrize("stage", ["outgoing", "incoming"])
def test_pieces_and_lots_of_every_supplier_are_those_drawn(loaded, stage, period):
    drawn = first_presentations(loaded.drawn, stage, period)
    read = by_supplier("pass_rate", period, stage)
    assert read.keys() == drawn.keys()
    for supplier, lots in drawn.items():
        inspected = sum(one.inspected for one in lots)
        conforming = inspected - sum(one.nonconforming for one in lots)
        found = read[supplier]
        assert (found.denominator, found.numerator, found.n_lots) == (inspected, conforming, len(lots))


@pytest.mark.parametrize("period", PERIODS, ids=str)
@pytest.mark.parametrize("stage", ["outgoing", "incoming"])
def test_lots_accepted_are_those_drawn(loaded, stage, period):
    drawn = first_presentations(loaded.drawn, stage, period)
    read = by_supplier("lot_acceptance_rate", period, stage)
    assert {code: (one.numerator, one.denominator) for code, one in read.items()} == {
        code: (sum(bool(one.accepted) for one in lots), len(lots)) for code, lots in drawn.items()
    }


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_delivered_pieces_are_the_plans(loaded, period):
    read = by_supplier("ppm_delivered", period)
    planned = totals_of(programme_of(period), "lead_receipts", by="supplier")
    assert {code: one.denominator for code, one in read.items()} == planned


@pytest.mark.parametrize(("period", "charged"), list(zip(PERIODS, (1866, 1135), strict=True)), ids=str)
def test_charged_pieces_are_the_plans_and_those_sorted_out(loaded, period, charged):
    lots = [one for of in first_presentations(loaded.drawn, "incoming", period).values() for one in of]
    sorted_out = sum(one.sorted_qty for one in lots if not one.accepted)
    read = whole("ppm_delivered", period)
    assert read.details["returned"] == charged_pieces(period) == charged
    assert read.details["sorted_out"] == sorted_out
    assert read.numerator == charged + sorted_out


def test_the_leads_stock_at_every_month_end_is_the_plans(loaded):
    planned = totals_of(programme_of(DAILY_BOOKS), "lead_closing", by="month")
    assert closings("own") == planned


@pytest.mark.parametrize("ownership", ["consigned", "dedicated"])
def test_stock_upstream_at_every_month_end_is_the_plans(loaded, ownership):
    planned = totals_of(programme_of(DAILY_BOOKS), f"{ownership}_closing", by="month")
    assert closings(ownership) == planned


@pytest.mark.parametrize(("period", "promised"), list(zip(PERIODS, (16.51, 19.73), strict=True)), ids=str)
def test_the_lead_turns_as_its_plan_adds_up(loaded, period, promised):
    read = whole("turnover", period, average="snapshots", prices="period")
    assert read.value == pytest.approx(turnover_by_hand(period), rel=1e-5)
    assert read.value == pytest.approx(promised, abs=0.006)


@pytest.mark.parametrize(("period", "promised"), list(zip(PERIODS, (9.88, 10.56), strict=True)), ids=str)
def test_the_chain_turns_as_its_plan_adds_up(loaded, period, promised):
    read = whole("chain_turnover", period, average="snapshots", prices="period")
    assert read.value == pytest.approx(turnover_by_hand(period, ("lead", "consigned", "dedicated")), rel=1e-5)
    assert read.value == pytest.approx(promised, abs=0.006)


def test_every_row_is_stored_once(loaded):
    stock = loaded.drawn.stock
    assert loaded.rows["Delivery"] == len(stock.deliveries)
    assert loaded.rows["Return"] == len(plan("programme_returns"))
    incoming = Inspection.objects.counting().filter(stage="incoming")
    outgoing = Inspection.objects.counting().filter(stage="outgoing", partnership__customer__code="LEAD")
    assert incoming.count() == len(incoming_inspections(loaded.drawn))
    assert outgoing.count() == sum(len(of) for of in reported_inspections(loaded.drawn).values())


def test_loading_again_changes_nothing(loaded):
    assert loaded.new > 0
    assert loaded.new_again == 0
    assert loaded.rows_again == loaded.rows


def test_all_sums_are_what_their_rows_say(loaded, capsys):
    call_command("rebuild_sums", check=True)
    assert "All sums are what their rows say." in capsys.readouterr().err
