"""Public files through the road: what is stored adds up to what plain csv and Python find in the files."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum
from django.test import override_settings

from core import clock
from core.period import Period
from inventory.models import Delivery, Movement
from kpis.queries.evaluate import evaluate
from quality.models import Inspection, Measurement
from sample.services.public import FOLDER, load_public
from suppliers.access import looking_as_house
from suppliers.models import Organisation, Part, Partnership
from tests.cast import with_defect_codes

pytestmark = [pytest.mark.soak, pytest.mark.django_db]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """All public files in the database, loaded twice, for all tests of this file; taken away after them."""
    own = {"CLOCK_DATE": "2026-06-30"}
    with django_db_blocker.unblock(), override_settings(**own), looking_as_house("hold the files' totals"):
        with_defect_codes()
        try:
            told = {name: load_public(now=clock.now, done=lambda mapping: None) for name in ("new", "again")}
            yield told
        finally:
            call_command("flush", interactive=False, verbosity=0)
            with_defect_codes()


def lines(name: str, encoding: str = "utf-8", **told: Any) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding=encoding, newline="") as source:
        return list(csv.DictReader(source, **told))


def day_of(text: str, layout: str) -> date:
    return datetime.strptime(text, layout).replace(tzinfo=UTC).date()


def receipts() -> list[dict[str, str]]:
    return lines("po_receipts_adventureworks_early.csv")


def deliveries_of_medicine() -> list[dict[str, str]]:
    return lines("scms_deliveries_early.csv", "utf-8-sig")


def inspections_of(customer: str) -> Any:
    return Inspection.objects.counting().filter(partnership__customer__code=customer)


def deliveries_of(customer: str) -> Any:
    return Delivery.objects.counting().filter(partnership__customer__code=customer)


def suppliers_of(customer: str) -> int:
    return Partnership.objects.between_two().filter(customer__code=customer).count()


def test_again_changes_nothing(loaded):
    assert loaded["new"] > 15_000
    assert loaded["again"] == 0


def test_public_data_is_not_marked_as_simulated_and_says_what_it_is(loaded):
    ours = Organisation.objects.filter(code__startswith="PUB-")
    assert not ours.filter(simulated=True).exists()
    customers = ours.filter(code__in=["PUB-AW", "PUB-SECOM", "PUB-NIST", "PUB-SCMS", "PUB-RETAIL"])
    assert {one.name_en.partition(":")[0] for one in customers} == {"Public data"}


def test_receipts_are_4406_lots_of_84_suppliers(loaded):
    rows = receipts()
    stored = inspections_of("PUB-AW").aggregate(
        lots=Count("lot", distinct=True), inspected=Sum("inspected"), nonconforming=Sum("nonconforming")
    )
    assert stored == {
        "lots": len(rows),
        "inspected": sum(int(row["received_qty"]) for row in rows),
        "nonconforming": sum(int(row["rejected_qty"]) for row in rows),
    }
    assert (len(rows), stored["inspected"], stored["nonconforming"]) == (4406, 1_119_385, 48_632)
    assert suppliers_of("PUB-AW") == len({row["supplier_code"] for row in rows}) == 84
    parts = Part.objects.filter(customer__code="PUB-AW")
    assert parts.count() == len({row["part_no"] for row in rows})


def test_pieces_rejected_of_every_supplier_are_those_of_the_file(loaded):
    rejected: Counter[str] = Counter()
    for row in receipts():
        rejected[row["supplier"]] += int(row["rejected_qty"])
    found = inspections_of("PUB-AW").values_list("partnership__supplier__name")
    assert dict(found.annotate(Sum("nonconforming"))) == rejected


def test_the_pass_rate_of_receipts_by_month_is_that_of_the_file(loaded):
    rows = receipts()
    received: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for row in rows:
        received[row["ship_date"][:7]] += int(row["received_qty"])
        kept[row["ship_date"][:7]] += int(row["received_qty"]) - int(row["rejected_qty"])
    days = Period(
        date.fromisoformat(min(row["ship_date"] for row in rows)),
        date.fromisoformat(max(row["ship_date"] for row in rows)),
    )
    readings = evaluate("pass_rate", period=days, stage="incoming", customer="PUB-AW", by="month")
    counted = [one for one in readings if one.n]
    assert {one.by["month"]: one.denominator for one in counted} == received
    assert {one.by["month"]: one.numerator for one in counted} == kept


def test_the_same_receipts_are_deliveries_and_come_late_as_often(loaded):
    rows = receipts()
    stored = deliveries_of("PUB-AW")
    assert stored.count() == len(rows)
    assert stored.aggregate(Sum("ordered_quantity"), Sum("received_quantity")) == {
        "ordered_quantity__sum": sum(int(row["ordered_qty"]) for row in rows),
        "received_quantity__sum": sum(int(row["received_qty"]) for row in rows),
    }
    kept = sum(row["ship_date"] <= row["due_date"] for row in rows)
    (reading,) = evaluate(
        "on_time_delivery", period=Period(date(2022, 1, 1), date(2026, 6, 30)), customer="PUB-AW"
    )
    assert (reading.numerator, reading.denominator) == (kept, len(rows))


def test_units_of_semiconductors_fail_as_often_as_their_labels_say(loaded):
    written = (FOLDER / "uci_secom_labels.data").read_text("ascii").splitlines()
    labels = [label for label in written if label.strip()]
    failed = Counter(
        day_of(label.split(maxsplit=1)[1].strip('"'), "%d/%m/%Y %H:%M:%S")
        for label in labels
        if label.startswith("1")
    )
    stored = inspections_of("PUB-SECOM")
    rejected = stored.filter(verdict="rejected").values_list("inspection_date")
    assert (stored.count(), failed.total()) == (len(labels), 104) == (1567, 104)
    assert dict(rejected.annotate(Count("pk"))) == failed


def test_gear_diameters_and_wafers_are_the_numbers_below_the_prose(loaded):
    def numbers(name: str) -> list[list[float]]:
        below = (FOLDER / name).read_text("ascii").splitlines()[25:]
        return [[float(word) for word in line.split()] for line in below if line.split()]

    diameters = [row[0] for row in numbers("nist_gear.dat")]
    (partnership,) = Partnership.objects.between_two().filter(customer__code="PUB-NIST")
    stored = Measurement.objects.filter(partnership_id=partnership.pk)
    assert sorted(stored.values_list("value", flat=True)) == sorted(diameters)
    wafers = inspections_of("PUB-NIST")
    assert wafers.aggregate(Sum("nonconforming"))["nonconforming__sum"] == sum(
        row[1] for row in numbers("nist_monitor-6_3_3_1.dat")
    )


def test_deliveries_of_medicine_keep_every_piece_vendor_and_day(loaded):
    rows = deliveries_of_medicine()
    stored = deliveries_of("PUB-SCMS")
    assert stored.count() == len(rows) == 4212
    pieces = stored.aggregate(Sum("received_quantity"))["received_quantity__sum"]
    assert pieces == sum(int(row["Line Item Quantity"]) for row in rows)
    assert suppliers_of("PUB-SCMS") == len({row["Vendor"] for row in rows})
    assert Part.objects.filter(customer__code="PUB-SCMS").count() == len(
        {row["Item Description"] for row in rows}
    )

    def day(text: str) -> date:
        return day_of(text.replace("Sept", "Sep"), "%d-%b-%y")

    kept = sum(day(row["Delivered to Client Date"]) <= day(row["Scheduled Delivery Date"]) for row in rows)
    (reading,) = evaluate(
        "on_time_delivery", period=Period(date(2005, 1, 1), date(2012, 12, 31)), customer="PUB-SCMS"
    )
    assert (reading.numerator, reading.denominator) == (kept, len(rows))


def test_a_shop_issues_what_it_sold_by_day_and_article(loaded):
    rows = lines("uci_online_retail_sample.csv")
    sold: Counter[tuple[str, date]] = Counter()
    for row in rows:
        day = day_of(row["InvoiceDate"], "%m/%d/%Y %H:%M")
        sold[row["StockCode"], day] += int(row["Quantity"])
    stored = Movement.objects.filter(partnership__customer__code="PUB-RETAIL")
    moved = stored.values_list("stock_item__part__number", "movement_date").annotate(Sum("quantity"))
    assert stored.count() == len(rows)
    assert {(article, day): -quantity for article, day, quantity in moved if quantity} == {
        key: quantity for key, quantity in sold.items() if quantity
    }
