"""Turnover of the simulated year against the figures that its plan promises.

The expected figures stand in the plan's own description ("The headline", "Volume and stock"); they were
made from monthly sums, these readings come from stock day by day.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from core.period import Period
from inventory.models import StockDay, StockItem, UnitCost
from kpis.queries.evaluate import evaluate
from kpis.queries.sources import Sources
from sample.generator.plan import read_plan
from sample.generator.stock import Stock, draw_stock
from suppliers.access import looking_as_house
from tests.kpis.books import Books

pytestmark = pytest.mark.django_db

BASELINE = Period(date(2025, 1, 1), date(2025, 6, 30))
REPORT = Period(date(2026, 1, 1), date(2026, 6, 30))
HOLDINGS = {"lead": ("LEAD", "own"), "consigned": ("LEAD", "consigned"), "dedicated": (None, "dedicated")}
SHARE_OF_VOLUME = [-0.191, 0.388, 0.804, 0.066, 0.045, 0.007, -0.108, 0.096, -0.274, 0.390, 1.001]
SHARE_OF_STOCK = [0.428, 0.266, -0.268, 0.168, -0.032, 0.259, 0.566, 0.084, 0.655, -0.161, -0.971]


def flows(stock: Stock, holding: str) -> pd.DataFrame:
    """Receipts, issues and adjustments of a holding by cell and day."""
    ways = {
        "lead": (stock.deliveries, stock.issues),
        "consigned": (stock.shipped, stock.consumed),
        "dedicated": (stock.made, stock.shipped),
    }[holding]
    frames = [way.groupby(["cell", "date"])["quantity"].sum() for way in ways]
    cleared = stock.clearances.groupby(["cell", "date"])["quantity"].sum()
    frames.append(-cleared if holding == "lead" else cleared.iloc[:0])
    return (
        pd.concat(frames, axis=1, keys=["receipts", "issues", "adjustments"])
        .fillna(0)
        .astype(int)
        .sort_index()
    )


def opening_of(months: pd.DataFrame, holding: str) -> pd.Series:
    """What each cell held when the daily books begin."""
    from_2025 = months[months.month >= "2025-01"].drop_duplicates("cell").set_index("cell")
    return from_2025[f"{holding}_opening"]


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker):
    """The stock of LEAD and of its suppliers, kept for all tests of this file and taken away after."""
    with django_db_blocker.unblock(), looking_as_house("write the simulated stock"):
        books = Books()
        stock, cells = draw_stock(1), read_plan().cells
        for where, number in zip("LEAD/" + cells.supplier, cells.part_no, strict=True):
            books.part(books.partnership(*where.split("/")), number)
        for holding in HOLDINGS:
            write_holding(books, cells, stock, holding)
        write_prices(books, cells)
        yield books
        for model in (UnitCost, StockDay, StockItem):
            model.objects.all().delete()
        books.forget()


def write_holding(books: Books, cells: pd.DataFrame, stock: Stock, holding: str) -> None:
    opening = opening_of(stock.months, holding)
    moved = flows(stock, holding)
    consigns = set(stock.consumed.cell)
    rows = []
    for cell, days in moved.groupby(level="cell"):
        if holding == "consigned" and cell not in consigns:
            continue
        supplier, number = cells.supplier[cell], cells.part_no[cell]
        holder, ownership = HOLDINGS[holding]
        item = books.stock_item(f"LEAD/{supplier}", number, holder or supplier, ownership)
        closing = opening.get(cell, 0) + (days.receipts - days.issues + days.adjustments).cumsum()
        rows += [
            StockDay(
                partnership=item.partnership, stock_item=item, day=day.date(), receipts=receipts,
                issues=issues, adjustments=adjustments, closing=left,
            )
            for (_, day), (receipts, issues, adjustments), left in zip(
                days.index, days.to_numpy().tolist(), closing.tolist(), strict=True
            )
        ]  # fmt: skip
    StockDay.objects.bulk_create(rows, batch_size=5000)


def write_prices(books: Books, cells: pd.DataFrame) -> None:
    factor = cells.price_factor_2026.astype(float)
    for cell in cells.index:
        where, number = f"LEAD/{cells.supplier[cell]}", cells.part_no[cell]
        old = float(cells.unit_price_2025_cny[cell])
        books.price(where, number, date(2025, 1, 1), f"{old:.6f}")
        books.price(where, number, date(2026, 1, 1), f"{old * factor[cell]:.6f}")


@pytest.mark.parametrize(
    ("average", "prices", "before", "after"),
    [
        ("snapshots", "period", 16.51, 19.73),
        ("snapshots", "constant", 16.51, 19.61),
        ("daily", "period", 15.71, 18.57),
        ("daily", "constant", 15.71, 18.47),
        ("ends", "period", 15.69, 18.88),
    ],
)
def test_the_lead_turns_as_the_plan_says(year, average, prices, before, after):
    with looking_as_house("read the simulated stock"):
        (turns,) = evaluate(
            "turnover", period=REPORT, base=BASELINE, customer="LEAD", average=average, prices=prices
        )
    assert turns.value == pytest.approx(after, abs=0.006)
    assert turns.change.value == pytest.approx(before, abs=0.006)


def test_volume_and_stock_are_shared_out_by_supplier_as_the_plan_says(year):
    with looking_as_house("read the simulated stock"):
        (whole,) = evaluate("turnover", period=REPORT, base=BASELINE, customer="LEAD", average="snapshots")
        parts = evaluate(
            "turnover", period=REPORT, base=BASELINE, customer="LEAD", average="snapshots", by="supplier"
        )
    assert whole.details["volume"] == pytest.approx(2.223, abs=0.001)
    assert whole.details["stock"] == pytest.approx(0.993, abs=0.001)
    assert [one.details["share_volume"] for one in parts] == pytest.approx(SHARE_OF_VOLUME, abs=0.001)
    assert [one.details["share_stock"] for one in parts] == pytest.approx(SHARE_OF_STOCK, abs=0.001)


@pytest.mark.parametrize(("prices", "after"), [("period", 10.56), ("constant", 10.48)])
def test_the_chain_turns_as_the_plan_says(year, prices, after):
    with looking_as_house("read the simulated stock"):
        (turns,) = evaluate(
            "chain_turnover",
            period=REPORT,
            base=BASELINE,
            customer="LEAD",
            average="snapshots",
            prices=prices,
        )
    assert turns.change.value == pytest.approx(9.88, abs=0.006)
    assert turns.value == pytest.approx(after, abs=0.006)
    if prices == "period":
        effects = np.array([turns.details["volume"], turns.details["stock"]])
        assert effects == pytest.approx([1.257, -0.578], abs=0.001)


@pytest.mark.parametrize("by", [(), ("month",), ("supplier", "part")])
def test_what_a_page_reads_at_once_is_what_each_period_reads_by_itself(year, by):
    at_once = Sources()
    at_once.look_at(BASELINE, REPORT)
    asked = {"period": REPORT, "base": BASELINE, "by": by, "customer": "LEAD", "prices": "constant"}
    for name in ("turnover", "chain_turnover"):
        assert evaluate(name, **asked, sources=at_once) == evaluate(name, **asked)
    assert evaluate("turnover", period=BASELINE, by=by, sources=at_once) == evaluate(
        "turnover", period=BASELINE, by=by
    )
