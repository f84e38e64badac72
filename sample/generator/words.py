"""How shops write dates, numbers, parts and defects."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sample.generator.plan import read_plan

CLASS_LETTER = {"critical": "A", "major": "B", "minor": "C"}
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def month_day_dotted(day: dt.date) -> str:
    """Return `3.5`, as text: typed as a number 3.10 would become 3.1."""
    return f"{day.month}.{day.day}"


def month_day_zh(day: dt.date) -> str:
    """Return `3月5日`."""
    return f"{day.month}月{day.day}日"


def dotted(day: dt.date) -> str:
    """Return `2025.3.5`."""
    return f"{day.year}.{day.month}.{day.day}"


def slashed(day: dt.date) -> str:
    """Return `2025/3/5`."""
    return f"{day.year}/{day.month}/{day.day}"


def packed(day: dt.date) -> str:
    """Return `20250305`."""
    return day.strftime("%Y%m%d")


def serial_number(day: dt.date) -> int:
    """Return the day as a spreadsheet counts it (1900 system)."""
    return (day - dt.date(1899, 12, 30)).days


def month_zh(month: str) -> str:
    """Return `2025年3月` for `2025-03`."""
    return f"{month[:4]}年{int(month[5:])}月"


def full_width(number: int) -> str:
    """Return a number in full-width digits, as an input method leaves it."""
    return str(number).translate(_FULL_WIDTH)


def without_zero(part_no: str) -> int | str:
    """Return a part number as a spreadsheet takes it: a number, its leading zero gone."""
    return int(part_no) if part_no.isdigit() else part_no


@dataclass(frozen=True)
class PartWords:
    """What a clerk writes about a part."""

    name: str
    unit: str
    material: str
    family: str
    revision: str
    piece_weight_g: float


@lru_cache(maxsize=128)
def part_words(part_no: str) -> PartWords:
    """Return the words of a part (a plain record: a look into a frame costs a hundred times as much)."""
    row: Any = read_plan().parts.loc[part_no]
    return PartWords(
        name=str(row.name_zh),
        unit=str(row.unit),
        material=str(row.material),
        family=str(row.family_zh),
        revision=str(row.revision),
        piece_weight_g=float(row.piece_weight_g),
    )


def part_name(part_no: str) -> str:
    """Return the Chinese name of a part."""
    return part_words(part_no).name


@lru_cache(maxsize=32)
def short_supplier_name(supplier: str) -> str:
    """Return the lead's first short name for a supplier; it fits no other."""
    return str(read_plan().suppliers.lead_short_names[supplier]).split(";")[0]


def short_part_name(part_no: str) -> str:
    """Return a part's name without its product, as the shop says it: 接线端子板."""
    name = part_name(part_no)
    for product in ("小型断路器", "塑壳断路器", "接触器"):
        if name.startswith(product) and len(name) > len(product) + 1:
            return name.removeprefix(product)
    return name


@lru_cache(maxsize=512)
def defect_name(code: str) -> str:
    """Return the catalogue's Chinese name of a defect code."""
    return str(read_plan().defects.name_zh[code])


@lru_cache(maxsize=512)
def defect_word(code: str) -> str:
    """Return the word that shops use for a defect code: the first of its synonyms."""
    return str(read_plan().defects.synonyms_zh[code]).split(";")[0]
