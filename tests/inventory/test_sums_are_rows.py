"""Whatever ledgers, goods and returns are recorded, replaced, taken back: the sums are what the rows say."""

import random
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from core.commits import BuiltUpon
from inventory import queries, services
from inventory.models import Delivery, DeliverySum, Movement, Return, ReturnSum, StockDay, UnitCost
from tests.cast import Chain

pytestmark = pytest.mark.usefixtures("house")
NOW = datetime(2026, 6, 30, 8, tzinfo=UTC)
SIGN = {"opening": 1, "receipt": 1, "issue": -1, "adjustment": -1}
KINDS = {
    "movements": (queries.compare_movements, services.record_movements, services.withdraw_movements),
    "deliveries": (queries.compare_deliveries, services.record_deliveries, services.withdraw_deliveries),
    "returns": (queries.compare_returns, services.record_returns, services.withdraw_returns),
}


def a_file(chance: random.Random, kind: str, chain: Chain) -> pd.DataFrame:
    """A few lines with numbers of their own or none; they come again in later files, with other figures."""
    numbers = chance.sample(range(8), chance.randrange(1, 5))
    days = pd.to_datetime([date(2026, 1, 1) + timedelta(days=chance.randrange(50)) for _ in numbers])
    days = pd.Series(days).astype("datetime64[s]")
    quantity = pd.array([chance.choice([100, 200]) for _ in numbers], dtype="Int64")
    # A return has always a number; of the rest some lines have none, and their day tells them apart.
    numbered = 8 if kind == "returns" else 5
    told = [f"N{number}" if number < numbered else "" for number in numbers]
    rows = pd.DataFrame({"part_id": chain.part.pk, "number": told})
    if kind == "movements":
        kinds = [chance.choice(list(SIGN)) for _ in numbers]
        signed = quantity * pd.array([SIGN[one] for one in kinds], dtype="Int64")
        return rows.rename(columns={"number": "movement_no"}).assign(
            movement_date=days,
            movement_kind=kinds,
            quantity=signed,
            holder_id=chain.customer.pk,
            warehouse=[chance.choice(["原材料仓", "呆滞仓"]) for _ in numbers],
        )
    if kind == "deliveries":
        return rows.rename(columns={"number": "receipt_no"}).assign(
            received_date=days,
            received_qty=quantity,
            promised_date=days + pd.to_timedelta(chance.randrange(-2, 3), "D"),
            unit_price=[chance.choice(["0.20", "0.24", None]) for _ in numbers],
        )
    return rows.rename(columns={"number": "return_no"}).assign(
        return_date=days,
        return_qty=quantity,
        found_at=[chance.choice(["line", "field"]) for _ in numbers],
        liability=[chance.choice(["charged", "disputed"]) for _ in numbers],
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 15))])
def test_in_any_order(chain: Chain, kind: str, seed: int):
    compare, record, withdraw = KINDS[kind]
    chance = random.Random(f"{kind} {seed}")
    commits: list[int] = []
    for step in range(1, 21):
        if commits and chance.random() < 0.3:
            undone = chance.choice(commits)
            with suppress(BuiltUpon):
                withdraw(commit_id=undone, now=NOW)
                commits.remove(undone)
        else:
            rows = a_file(chance, kind, chain)
            answer = compare(partnership_id=chain.ours.pk, rows=rows)
            replacing = frozenset(answer.index[answer["status"] == "conflicting"])
            record(partnership_id=chain.ours.pk, rows=rows, commit_id=step, now=NOW, replacing=replacing)
            commits.append(step)
        assert stored_days() == days_by_hand()
        assert stored_goods() == goods_by_hand()
        assert stored_returns() == returns_by_hand()
    assert services.rebuild_sums(check=True) == []


def stored_days() -> dict:
    rows = StockDay.objects.values_list("stock_item", "day", "receipts", "issues", "adjustments", "closing")
    return {row[:2]: row[2:] for row in rows}


def days_by_hand() -> dict:
    days: dict = defaultdict(lambda: defaultdict(int))
    for row in Movement.objects.counting():
        days[row.stock_item_id, row.movement_date][row.kind] += row.quantity
    found, held = {}, defaultdict(int)
    for item, day in sorted(days):
        moved = days[item, day]
        held[item] += sum(moved.values())
        found[item, day] = (moved["receipt"], -moved["issue"], moved["adjustment"], held[item])
    return found


def stored_goods() -> dict:
    rows = DeliverySum.objects.values_list("day", "delivered", "lines", "promised_lines", "on_time_lines")
    costs = {month: float(cost) for month, cost in UnitCost.objects.values_list("month", "unit_cost")}
    return {row[0]: row[1:] for row in rows} | {
        ("cost", month): pytest.approx(c, abs=1e-6) for month, c in costs.items()
    }


def goods_by_hand() -> dict:
    days, priced = defaultdict(list), defaultdict(list)
    for row in Delivery.objects.counting():
        days[row.received_date].append(row)
        if row.unit_price is not None:
            priced[row.received_date.replace(day=1)].append(row)
    found: dict = {
        day: (
            sum(row.received_quantity for row in rows),
            len(rows),
            sum(row.promised_date is not None for row in rows),
            sum(row.promised_date is not None and row.received_date <= row.promised_date for row in rows),
        )
        for day, rows in days.items()
    }
    for month, rows in priced.items():
        pieces = sum(row.received_quantity for row in rows)
        found["cost", month] = float(sum(row.unit_price * row.received_quantity for row in rows) / pieces)
    return found


def stored_returns() -> dict:
    rows = ReturnSum.objects.values_list("day", "found_at", "liability", "events", "quantity")
    return {row[:3]: row[3:] for row in rows}


def returns_by_hand() -> dict:
    cells = defaultdict(list)
    for row in Return.objects.counting():
        cells[row.return_date, row.found_at, row.liability].append(row.quantity)
    return {cell: (len(pieces), sum(pieces)) for cell, pieces in cells.items()}
