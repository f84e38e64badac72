"""The lists that the two customers bring before anybody sends a lot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from sample.generator.files import File
from sample.generator.layouts import lists
from sample.generator.plan import LEAD, SECOND_CUSTOMER, first_tier, read_plan

#: Before the first file that names what is listed.
LISTED_ON = dt.date(2024, 1, 2)
_SINCE_2025 = ("S07", "S08", "S10")


def files(folder: Path) -> Iterator[File]:
    """Write suppliers, parts and characteristics of the lead; suppliers and parts of CUST2."""
    suppliers, parts, characteristics = "供应商清单.xlsx", "零件清单.xlsx", "特性清单.xlsx"
    lead, second = folder / LEAD, folder / SECOND_CUSTOMER
    since = {code: dt.date(2025 if code in _SINCE_2025 else 2024, 1, 1) for code in first_tier()}
    rows = lists.write_suppliers(lead / suppliers, first_tier(), since=since)
    yield File(
        lead / suppliers, LEAD, "suppliers", "list", "2024-01", LISTED_ON, rows, role="quality_engineer"
    )
    rows = lists.write_parts(lead / parts)
    yield File(lead / parts, LEAD, "parts", "list", "2024-01", LISTED_ON, rows, role="quality_engineer")
    rows = lists.write_characteristics(lead / characteristics)
    yield File(
        lead / characteristics,
        LEAD,
        "characteristics",
        "list",
        "2024-01",
        LISTED_ON,
        rows,
        role="quality_engineer",
    )
    rows = lists.write_suppliers(second / suppliers, ["S03"], since={"S03": dt.date(2025, 1, 1)})
    yield File(
        second / suppliers,
        SECOND_CUSTOMER,
        "suppliers",
        "list",
        "2024-01",
        LISTED_ON,
        rows,
        role="quality_engineer",
    )
    others = read_plan().other_customers
    rows = lists.write_parts_of_second_customer(second / parts, others[others.customer == SECOND_CUSTOMER])
    yield File(
        second / parts, SECOND_CUSTOMER, "parts", "list", "2024-01", LISTED_ON, rows, role="quality_engineer"
    )
