"""Workbooks to fill in: one sheet a kind, headers in the reader's language, a list in each coded column."""

import csv
import io
from dataclasses import dataclass
from functools import lru_cache

import xlsxwriter

from intake.tables.kinds import KINDS
from intake.tables.words import DATA

LANGUAGES = ("zh", "en")
ROWS = 2_000
SHEET_NAMES = {
    "inspections": ("检验记录", "Inspections"),
    "measurements": ("实测记录", "Measurements"),
    "stock": ("库存", "Stock"),
    "movements": ("出入库流水", "Movements"),
    "deliveries": ("到货记录", "Deliveries"),
    "returns": ("退货与上线不良", "Returns"),
    "suppliers": ("供应商清单", "Suppliers"),
    "parts": ("零件清单", "Parts"),
    "characteristics": ("特性清单", "Characteristics"),
    "gauge_studies": ("量具研究", "Gauge studies"),
}
NOTES_SHEET = ("填写说明", "How to fill in")
NOTE_HEADS = (("列名", "必填", "怎么填"), ("Column", "Required", "What to write"))
REQUIRED = ("必填", "required")


@dataclass(frozen=True)
class TemplateColumn:
    """One column of a template, in one language."""

    field: str
    header: str
    required: bool
    note: str
    choices: tuple[str, ...]


def template(kind: str, language: str) -> bytes:
    """An empty workbook of a kind in a language.

    Parameters
    ----------
    kind : str
        One of `kinds.KINDS`.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    bytes
        An xlsx file that `understand` reads without a question once rows are in it.
    """
    at = LANGUAGES.index(language)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    styles = {
        "head": book.add_format(
            {"bold": True, "bg_color": "#E8F1FA", "border": 1, "border_color": "#8592A0"}
        ),
        "must": book.add_format(
            {"bold": True, "bg_color": "#CFE2F1", "border": 1, "border_color": "#8592A0"}
        ),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "text": book.add_format({"num_format": "@"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    columns = template_columns(kind, language)
    page = book.add_worksheet(SHEET_NAMES[kind][at])
    page.freeze_panes(1, 0)
    types = {item.name: item.type for item in KINDS[kind].fields}
    for index, column in enumerate(columns):
        _write_column(page, index, column, types.get(column.field, "text"), styles)
    _write_notes(book.add_worksheet(NOTES_SHEET[at]), columns, at, styles)
    book.close()
    return target.getvalue()


def template_columns(kind: str, language: str) -> list[TemplateColumn]:
    """Columns of a template in their order.

    Raises
    ------
    KeyError
        If there is no such kind.
    """
    if kind not in KINDS or language not in LANGUAGES:
        raise KeyError((kind, language))
    return [
        TemplateColumn(
            line["field"], line[language], line["required"] == "yes", line[f"note_{language}"],
            tuple(choice for choice in line[f"choices_{language}"].split(";") if choice),
        )
        for line in _lines()
        if line["kind"] == kind
    ]  # fmt: skip


@lru_cache(maxsize=1)
def _lines() -> list[dict[str, str]]:
    with (DATA / "templates.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _write_column(page, index: int, column: TemplateColumn, kind: str, styles: dict) -> None:
    page.write_string(0, index, column.header, styles["must" if column.required else "head"])
    if column.note:
        page.write_comment(0, index, column.note, {"x_scale": 1.6})
    # Numbers of parts and lots are text, so that no leading zero is lost.
    cells = (
        styles["date"] if kind in ("date", "moment") else styles["text"] if kind in ("code", "text") else None
    )
    page.set_column(index, index, max(12, 2 * len(column.header) + 2), cells)
    if column.choices:
        page.data_validation(1, index, ROWS, index, {"validate": "list", "source": list(column.choices)})
    elif kind == "count":
        page.data_validation(
            1, index, ROWS, index,
            {"validate": "integer", "criteria": ">=", "value": 0, "error_type": "warning"},
        )  # fmt: skip


def _write_notes(page, columns: list[TemplateColumn], at: int, styles: dict) -> None:
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 10)
    page.set_column(2, 2, 70)
    page.write_row(0, 0, NOTE_HEADS[at], styles["head"])
    for row, column in enumerate(columns, start=1):
        page.write_string(row, 0, column.header)
        page.write_string(row, 1, REQUIRED[at] if column.required else "")
        page.write_string(row, 2, column.note or "; ".join(column.choices), styles["wrap"])
