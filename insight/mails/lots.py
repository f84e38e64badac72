"""The lots behind the figures of a mail, as rows of its workbook."""

from typing import Any

from core import formatting
from insight.mails.asked import Asked
from insight.mails.reading import selection_asked
from quality.queries.lot_pages import presentations

LOTS_AT_MOST = 5000


def lots_of(ask: Asked) -> tuple[list[tuple[Any, ...]], int]:
    """Return the lots behind the period's figures, at most 5,000, and how many are left out."""
    rows = presentations(selection_asked(ask), period=ask.period).values_list(
        "inspection_date", "stage", "partnership__customer__code", "partnership__supplier__code",
        "partnership__supplier__name", "partnership__supplier__name_en", "part__number", "part__name",
        "part__name_en", "lot__number", "inspected", "nonconforming", "verdict",
    )  # fmt: skip
    found = list(rows[: LOTS_AT_MOST + 1])
    left_out = rows.count() - LOTS_AT_MOST if len(found) > LOTS_AT_MOST else 0
    return [_lot(row) for row in found[:LOTS_AT_MOST]], left_out


def _lot(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a lot with the names of its supplier and part in the reader's language."""
    day, stage, customer, code, name, name_en, number, part, part_en, *rest = row
    supplier = formatting.in_language(name, name_en)
    return day, stage, customer, code, supplier, number, formatting.in_language(part, part_en), *rest
