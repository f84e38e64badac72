"""One row of each kind on a partnership, for tests that look at who sees what and not at counts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from core.text import folded
from inventory.models import Balance, Delivery, Movement, Return, StockItem
from quality.models import (
    Disposition,
    Gauge,
    GaugeReading,
    GaugeStudy,
    Inspection,
    Lot,
    Measurement,
    MeasurementSet,
    Nonconformity,
)
from suppliers.access import looking_as_house
from suppliers.models import CharacteristicVersion, Part, Partnership

NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
DAY = date(2026, 6, 29)


@dataclass(frozen=True)
class Rows:
    """What was made: of each kind its id; of measured values their set."""

    lot: int
    inspection: int
    measurement_set: int
    stock_item: int
    movement: int
    balance: int
    delivery: int
    return_: int


def make_rows(
    partnership: Partnership, part: Part, *, number: str = "J260629-1", version: CharacteristicVersion | None
) -> Rows:
    """Make a lot with an inspection and measured values, stock with a movement and a balance, and goods."""
    with looking_as_house("set a test's scene"):
        on = {"partnership": partnership, "part": part}
        came = {"commit_id": 1, "recorded_at": NOW}
        lot = Lot.objects.create(
            **on, number=number, number_key=folded(number), lot_size=2000, created_at=NOW
        )
        inspection = _make_inspection(lot, **on, **came)
        measured = _make_measurements(lot, version, **on, **came)
        item = StockItem.objects.create(
            **on,
            holder=partnership.customer,
            location=number,
            location_key=folded(number),
            ownership="own",
        )
        of_item = {"partnership": partnership, "stock_item": item, **came}
        movement = Movement.objects.create(
            **of_item, movement_date=DAY, movement_no=f"M-{number}", kind="receipt", quantity=2000
        )
        balance = Balance.objects.create(
            **of_item, grain="day", balance_date=DAY, closing_quantity=2000, unit_cost="0.55"
        )
        delivery = Delivery.objects.create(
            **on,
            **came,
            receipt_no=f"R-{number}",
            received_date=DAY,
            received_quantity=2000,
            unit_price="0.55",
        )
        back = Return.objects.create(
            **on,
            **came,
            return_no=f"T-{number}",
            return_date=DAY,
            quantity=3,
            found_at="line",
            liability="charged",
        )
    return Rows(
        lot.pk,
        inspection.pk,
        measured.pk,
        item.pk,
        movement.pk,
        balance.pk,
        delivery.pk,
        back.pk,
    )


def _make_inspection(lot: Lot, **values: object) -> Inspection:
    inspection = Inspection.objects.create(
        lot=lot,
        stage="outgoing",
        inspection_date=DAY,
        inspected=125,
        nonconforming=2,
        verdict="accepted",
        **values,
    )
    Nonconformity.objects.create(partnership=lot.partnership, inspection=inspection, defect="毛刺", count=2)
    Disposition.objects.create(
        partnership=lot.partnership, inspection=inspection, kind="reworked", quantity=2
    )
    return inspection


def _make_measurements(lot: Lot, version: CharacteristicVersion | None, **values: object) -> MeasurementSet:
    measured = MeasurementSet.objects.create(
        lot=lot, stage="outgoing", measured_date=DAY, values_hash="0" * 64, value_count=5, **values
    )
    if version is not None:
        Measurement.objects.bulk_create(
            Measurement(
                partnership_id=lot.partnership_id,
                measurement_set_id=measured.pk,
                lot_id=lot.pk,
                characteristic_version_id=version.pk,
                piece=piece,
                value=10 + piece / 100,
                measured_date=DAY,
            )
            for piece in range(1, 6)
        )
    return measured


def make_gauge_study(partnership: Partnership, part: Part, name: str) -> GaugeStudy:
    """Make a small crossed study of a gauge of the supplier's, appraisers and pieces named after it."""
    with looking_as_house("set a test's scene"):
        gauge = Gauge.objects.create(organisation=partnership.supplier, key=folded(name), name=name)
        study = GaugeStudy.objects.create(
            partnership=partnership,
            part=part,
            gauge=gauge,
            characteristic_key=folded(name),
            characteristic_name=name,
            kind="measured",
            study_date=DAY,
            appraiser_count=2,
            piece_count=2,
            reading_count=8,
            commit_id=1,
            recorded_at=NOW,
        )
        GaugeReading.objects.bulk_create(
            GaugeReading(
                partnership=partnership,
                study=study,
                appraiser=f"{name}-{appraiser}",
                piece=f"{name}-{piece}",
                trial=trial,
                value=10 + piece + appraiser / 10 + trial / 100,
            )
            for appraiser in (1, 2)
            for piece in (1, 2)
            for trial in (1, 2)
        )
    return study
