"""Stock, movements, deliveries and returns: recorded once, corrected openly, taken back whole."""

from contextlib import nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pytest
from django.db import IntegrityError
from django.db.models import Sum

from core.commits import BuiltUpon, Contradicts
from inventory import queries, services
from inventory.models import Delivery, DeliverySum, Movement, Return, ReturnSum, StockDay, StockItem, UnitCost
from suppliers.access import looking_as
from suppliers.services import NotHere
from tests.cast import Chain

NOW = datetime(2026, 6, 30, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def as_the_buyer(chain: Chain):
    with looking_as(chain.buyer):
        yield


def movements(chain: Chain, *lines: tuple) -> pd.DataFrame:
    """(day, number, kind, quantity, lot) each."""
    rows = pd.DataFrame(
        lines, columns=["movement_date", "movement_no", "movement_kind", "quantity", "lot_no"]
    ).astype({"movement_date": "datetime64[s]", "quantity": "Int64"})
    return rows.assign(part_id=chain.part.pk, holder_id=chain.customer.pk, warehouse="原材料仓")


def deliveries(chain: Chain, *lines: tuple) -> pd.DataFrame:
    """(day, number, lot, quantity, promised, price) each."""
    rows = pd.DataFrame(
        lines,
        columns=["received_date", "receipt_no", "lot_no", "received_qty", "promised_date", "unit_price"],
    ).astype({"received_date": "datetime64[s]", "promised_date": "datetime64[s]", "received_qty": "Int64"})
    return rows.assign(part_id=chain.part.pk)


def returns(chain: Chain, *lines: tuple) -> pd.DataFrame:
    """(day, number, quantity, liability) each."""
    rows = pd.DataFrame(lines, columns=["return_date", "return_no", "return_qty", "liability"]).astype(
        {"return_date": "datetime64[s]", "return_qty": "Int64"}
    )
    return rows.assign(part_id=chain.part.pk, found_at="line")


def days() -> list[tuple]:
    rows = StockDay.objects.order_by("day").values_list("day", "receipts", "issues", "adjustments", "closing")
    return [(day.day, *rest) for day, *rest in rows]


class TestMovements:
    def test_a_ledger_gives_the_closing_balance_of_every_day_that_moved(self, chain: Chain):
        rows = movements(
            chain,
            (date(2026, 1, 1), "QC1", "opening", 600, ""),
            (date(2026, 1, 4), "R1", "receipt", 400, "L1"),
            (date(2026, 1, 4), "I1", "issue", -150, "L1"),
            (date(2026, 1, 10), "A1", "adjustment", -20, ""),
        )
        told = services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        assert told == {"new": 4, "same": 0, "changed": 0, "replaced": 0}
        assert days() == [(1, 0, 0, 0, 600), (4, 400, 150, 0, 850), (10, 0, 0, -20, 830)]

    def test_an_earlier_line_that_comes_later_moves_all_balances_after_it(self, chain: Chain):
        first = movements(chain, (date(2026, 1, 10), "R2", "receipt", 100, ""))
        later = movements(chain, (date(2026, 1, 3), "R1", "receipt", 50, ""))
        services.record_movements(partnership_id=chain.ours.pk, rows=first, commit_id=1, now=NOW)
        services.record_movements(partnership_id=chain.ours.pk, rows=later, commit_id=2, now=NOW)
        assert days() == [(3, 50, 0, 0, 50), (10, 100, 0, 0, 150)]
        assert StockItem.objects.count() == 1

    def test_the_same_ledger_again_changes_nothing(self, chain: Chain):
        rows = movements(chain, (date(2026, 1, 10), "R2", "receipt", 100, ""))
        services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        again = services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=2, now=NOW)
        assert again == {"new": 0, "same": 1, "changed": 0, "replaced": 0}
        assert Movement.objects.count() == 1

    def test_lines_of_one_document_are_added_up(self, chain: Chain):
        line = (date(2026, 1, 10), "R2", "receipt", 100, "L1")
        rows = movements(chain, line, line)
        services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        assert days() == [(10, 200, 0, 0, 200)]

    def test_without_a_number_every_day_is_a_row_of_its_own(self, chain: Chain):
        first, second, third = (date(2026, 5, day) for day in (1, 2, 3))
        rows = movements(chain, *((day, "", "receipt", 10, "") for day in (first, second, third, third)))
        told = services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        assert told == {"new": 4, "same": 0, "changed": 0, "replaced": 0}
        stored = Movement.objects.order_by("movement_date").values_list("movement_date", "quantity")
        assert list(stored) == [(first, 10), (second, 10), (third, 20)]
        assert days() == [(1, 10, 0, 0, 10), (2, 10, 0, 0, 20), (3, 20, 0, 0, 40)]
        again = services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=2, now=NOW)
        assert again == {"new": 0, "same": 4, "changed": 0, "replaced": 0}
        later = movements(
            chain,
            (date(2026, 6, 9), "", "receipt", 10, ""),
            (third, "", "issue", -5, ""),
            (third, "", "receipt", 25, ""),
        )
        told = queries.compare_movements(partnership_id=chain.ours.pk, rows=later)
        assert list(told["status"]) == ["new", "new", "conflicting"]
        assert told.loc[2, "stored"] == {"quantity": 20}
        services.record_movements(
            partnership_id=chain.ours.pk, rows=later, commit_id=3, now=NOW, replacing={2}
        )
        assert days()[2:] == [(3, 25, 5, 0, 40), (9, 10, 0, 0, 50)]
        assert services.rebuild_sums(check=True) == []

    def test_a_number_stays_itself_whatever_its_day(self, chain: Chain):
        rows = movements(chain, (date(2026, 5, 1), "R2", "receipt", 10, ""))
        services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        moved = movements(chain, (date(2026, 5, 2), "R2", "receipt", 10, ""))
        told = queries.compare_movements(partnership_id=chain.ours.pk, rows=moved)
        assert told.loc[0, ["status", "stored"]].tolist() == [
            "conflicting",
            {"movement_date": date(2026, 5, 1)},
        ]

    @pytest.mark.parametrize(
        ("number", "day", "once"), [("", 1, True), ("", 2, False), ("R2", 1, True), ("R2", 2, True)]
    )
    def test_the_database_takes_no_row_twice(self, chain: Chain, number: str, day: int, once: bool):
        rows = movements(chain, (date(2026, 5, 1), number, "receipt", 10, ""))
        services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        row = Movement.objects.get()
        row.pk, row.movement_date = None, date(2026, 5, day)
        with pytest.raises(IntegrityError, match="inventory_movement_once") if once else nullcontext():
            row.save(force_insert=True)

    def test_another_quantity_waits_for_a_person_and_then_replaces(self, chain: Chain):
        rows = movements(chain, (date(2026, 1, 10), "R2", "receipt", 100, ""))
        services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        rows["quantity"] = pd.array([120], dtype="Int64")
        told = queries.compare_movements(partnership_id=chain.ours.pk, rows=rows)
        assert told.loc[0, "status"] == "conflicting"
        assert told.loc[0, "stored"] == {"quantity": 100}
        with pytest.raises(Contradicts) as contradiction:
            services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=2, now=NOW)
        assert contradiction.value.rows == [0]
        services.record_movements(
            partnership_id=chain.ours.pk, rows=rows, commit_id=3, now=NOW, replacing={0}
        )
        assert days() == [(10, 120, 0, 0, 120)]
        assert Movement.objects.filter(withdrawn_by_commit_id=3, quantity=100).exists()

    def test_a_commit_taken_back_revives_what_it_replaced(self, chain: Chain):
        rows = movements(chain, (date(2026, 1, 10), "R2", "receipt", 100, ""))
        services.record_movements(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        rows["quantity"] = pd.array([120], dtype="Int64")
        services.record_movements(
            partnership_id=chain.ours.pk, rows=rows, commit_id=2, now=NOW, replacing={0}
        )
        with pytest.raises(BuiltUpon):
            services.withdraw_movements(commit_id=1, now=NOW)
        assert services.withdraw_movements(commit_id=2, now=NOW) == {"withdrawn": 1, "revived": 1}
        assert services.withdraw_movements(commit_id=2, now=NOW) == {"withdrawn": 0, "revived": 0}
        assert days() == [(10, 100, 0, 0, 100)]
        services.withdraw_movements(commit_id=1, now=NOW)
        assert days() == []

    def test_rows_outside_the_scope_are_refused(self, chain: Chain):
        rows = movements(chain, (date(2026, 1, 10), "R2", "receipt", 100, ""))
        with pytest.raises(NotHere):
            services.record_movements(partnership_id=chain.foreign.pk, rows=rows, commit_id=1, now=NOW)


class TestDeliveries:
    def test_sums_count_pieces_promises_and_the_cost_of_the_month(self, chain: Chain):
        day = date(2026, 1, 5)
        rows = deliveries(
            chain,
            (day, "W1", "L1", 300, day, "0.20"),
            (day, "W2", "L2", 100, date(2026, 1, 4), "0.24"),
            (day, "W3", "L2", -40, None, None),
        )
        services.record_deliveries(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        total = DeliverySum.objects.get()
        assert (total.delivered, total.lines) == (360, 3)
        assert (total.promised_lines, total.on_time_lines) == (2, 1)
        assert (total.promised_quantity, total.on_time_quantity) == (400, 300)
        assert UnitCost.objects.get().unit_cost == Decimal("0.21")

    def test_part_deliveries_of_one_order_are_told_apart_by_their_day(self, chain: Chain):
        days = [date(2026, 5, 1), date(2026, 5, 15), date(2026, 6, 20)]
        promised = date(2026, 5, 10)
        rows = deliveries(chain, *((day, "", "", 10, promised, None) for day in days))
        rows = rows.assign(order_no="PO-7", ordered_qty=pd.array([30] * 3, dtype="Int64"))
        told = services.record_deliveries(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        assert told["new"] == 3
        stored = Delivery.objects.order_by("received_date")
        assert list(stored.values_list("received_date", "ordered_quantity", "received_quantity")) == [
            (day, 30, 10) for day in days
        ]
        kept = DeliverySum.objects.aggregate(Sum("promised_lines"), Sum("on_time_lines"))
        assert kept == {"promised_lines__sum": 3, "on_time_lines__sum": 1}
        fourth = deliveries(
            chain, *((day, "", "", 10, promised, None) for day in (days[2], date(2026, 6, 25)))
        )
        fourth = fourth.assign(order_no="PO-7", ordered_qty=pd.array([30] * 2, dtype="Int64"))
        told = services.record_deliveries(partnership_id=chain.ours.pk, rows=fourth, commit_id=2, now=NOW)
        assert told == {"new": 1, "same": 1, "changed": 0, "replaced": 0}
        fourth["received_qty"] = pd.array([12, 10], dtype="Int64")
        told = queries.compare_deliveries(partnership_id=chain.ours.pk, rows=fourth)
        assert list(told["status"]) == ["conflicting", "same"]
        assert services.rebuild_sums(check=True) == []

    @pytest.mark.parametrize(
        ("order", "ordered", "promised", "counted"),
        [
            ("PO-7", [30, 30], [10, 10], 30),  # both lines say what the one line of the order says
            ("PO-7", [30, 30], [10, 20], 60),  # two dates: two lines of the order
            ("PO-7", [30, 20], [10, 10], 50),
            ("PO-7", [None, None], [10, 10], None),
            ("", [30, 30], [10, 10], 60),
        ],
    )
    def test_lines_of_one_receipt_say_once_what_was_ordered(
        self, chain: Chain, order: str, ordered: list, promised: list[int], counted: int | None
    ):
        lines = [(date(2026, 5, 1), "W1", "L1", 10, date(2026, 5, day), None) for day in promised]
        rows = deliveries(chain, *lines).assign(order_no=order, ordered_qty=pd.array(ordered, dtype="Int64"))
        services.record_deliveries(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        assert list(Delivery.objects.values_list("ordered_quantity", "received_quantity")) == [(counted, 20)]

    @pytest.mark.parametrize(
        ("number", "day", "once"), [("", 1, True), ("", 2, False), ("W1", 1, True), ("W1", 2, True)]
    )
    def test_the_database_takes_no_receipt_twice(self, chain: Chain, number: str, day: int, once: bool):
        rows = deliveries(chain, (date(2026, 5, 1), number, "", 10, None, None)).assign(order_no="PO-7")
        services.record_deliveries(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        row = Delivery.objects.get()
        row.pk, row.received_date = None, date(2026, 5, day)
        with pytest.raises(IntegrityError, match="inventory_delivery_once") if once else nullcontext():
            row.save(force_insert=True)

    def test_a_price_told_later_is_a_correction(self, chain: Chain):
        day = date(2026, 1, 5)
        bare = deliveries(chain, (day, "W1", "L1", 300, day, None))
        services.record_deliveries(partnership_id=chain.ours.pk, rows=bare, commit_id=1, now=NOW)
        priced = deliveries(chain, (day, "W1", "L1", 300, day, "0.2000004"))
        told = services.record_deliveries(partnership_id=chain.ours.pk, rows=priced, commit_id=2, now=NOW)
        assert told["changed"] == 1
        assert Delivery.objects.counting().get().unit_price == Decimal("0.2")
        assert (
            queries.compare_deliveries(partnership_id=chain.ours.pk, rows=priced).loc[0, "status"] == "same"
        )


class TestReturns:
    def test_a_dispute_that_ends_is_the_same_return(self, chain: Chain):
        day = date(2026, 1, 5)
        rows = returns(chain, (day, "TH1", 6, "disputed"))
        services.record_returns(partnership_id=chain.ours.pk, rows=rows, commit_id=1, now=NOW)
        settled = returns(chain, (day, "TH1", 6, "charged"))
        services.record_returns(partnership_id=chain.ours.pk, rows=settled, commit_id=2, now=NOW)
        assert list(ReturnSum.objects.values_list("liability", "quantity")) == [("charged", 6)]
        assert Return.objects.counting().get().corrects.liability == "disputed"

    def test_a_return_without_who_answers_for_it_is_asked_about(self, chain: Chain):
        rows = returns(chain, (date(2026, 1, 5), "TH1", 6, None))
        told = queries.compare_returns(partnership_id=chain.ours.pk, rows=rows)
        assert told.loc[0, "rule"] == "liability_missing"


def test_statements_keep_their_grain_and_give_the_cost(chain: Chain):
    rows = pd.DataFrame(
        {
            "part_id": [chain.part.pk],
            "holder_id": [chain.customer.pk],
            "period": pd.array(["2024-01-01"], dtype="datetime64[s]"),
            "closes_on": pd.array(["2024-01-31"], dtype="datetime64[s]"),
            "closing_qty": pd.array([500], dtype="Int64"),
            "unit_price": ["0.18"],
        }
    )
    services.record_stock(partnership_id=chain.books.pk, rows=rows, commit_id=1, now=NOW)
    assert queries.compare_stock(partnership_id=chain.books.pk, rows=rows).loc[0, "status"] == "same"
    assert UnitCost.objects.get().unit_cost == Decimal("0.18")
    services.withdraw_stock(commit_id=1, now=NOW)
    assert not UnitCost.objects.exists()
