"""The XML table of Excel 2003 (SpreadsheetML), often named .xls; read in the child process."""

import io

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from intake.readers.raw import RawSheet, RawWorkbook
from intake.readers.refusals import Limits, Refused
from intake.readers.spreadsheets import SPREADSHEET_ENDS

NAMESPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"


def read_xml(data: bytes, limits: Limits) -> RawWorkbook:
    """Read every worksheet of a SpreadsheetML file.

    Raises
    ------
    Refused
        ``entities`` for a document type or an entity, ``not_a_sheet`` for other XML, ``truncated``,
        ``too_many_cells``, ``cut_off``, ``no_cells``.
    """
    try:
        sheets = _sheets(data, limits)
    except DefusedXmlException as trick:
        raise Refused("entities") from trick
    except ParseError as broken:
        raise Refused("truncated") from broken
    if not any(sheet.columns for sheet in sheets):
        raise Refused("no_cells")
    return RawWorkbook("xml", sheets)


def _sheets(data: bytes, limits: Limits) -> list[RawSheet]:
    sheets: list[RawSheet] = []
    rows: list[list] = []
    name, cells, first = "", 0, True
    for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
        if first and element.tag != f"{NAMESPACE}Workbook":
            raise Refused("not_a_sheet", {"kind": "xml"})
        first = False
        tag = element.tag.removeprefix(NAMESPACE)
        if event == "start" and tag == "Worksheet":
            name, rows = element.get(f"{NAMESPACE}Name", ""), []
        elif event == "end" and tag == "Row":
            index = int(element.get(f"{NAMESPACE}Index", len(rows) + 1))
            cells += max(index - len(rows), 1)
            if cells > limits.cells:
                raise Refused("too_many_cells", {"limit": limits.cells})
            rows.extend([] for _ in range(index - 1 - len(rows)))
            rows.append(_row(element))
            cells += len(rows[-1])
            element.clear()
        elif event == "end" and tag == "Worksheet":
            sheets.append(_as_sheet(name, rows, limits))
    return sheets


def _row(element) -> list:
    row: list = []
    for cell in element.findall(f"{NAMESPACE}Cell"):
        index = min(int(cell.get(f"{NAMESPACE}Index", len(row) + 1)), 16_384)
        row.extend([""] * (index - 1 - len(row)))
        data = cell.find(f"{NAMESPACE}Data")
        row.append("" if data is None else _value("".join(data.itertext()), data.get(f"{NAMESPACE}Type")))
        row.extend([""] * min(int(cell.get(f"{NAMESPACE}MergeAcross", 0)), 16_384))
    return row


def _value(text: str, kind: str | None):
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    if kind == "DateTime":
        return text.removesuffix(".000").replace("T00:00:00", "").replace("T", " ")
    return text


def _as_sheet(name: str, rows: list[list], limits: Limits) -> RawSheet:
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    if len(rows) in SPREADSHEET_ENDS and not limits.whole:
        raise Refused("cut_off", {"rows": len(rows), "sheet": name})
    width = max(map(len, rows), default=0)
    if len(rows) * width > limits.cells:
        raise Refused("too_many_cells", {"limit": limits.cells})
    filled = [row + [""] * (width - len(row)) for row in rows]
    return RawSheet(name, [list(column) for column in zip(*filled, strict=True)])
