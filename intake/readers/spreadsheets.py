"""Workbooks (xlsx, xlsm, xlsb, xls, et, ods), read in the child process with python-calamine.

Calamine gives values and merged ranges. What it does not give, and intake needs, is looked up in the
XML of an xlsx beside it: formulas that have no result, error values (calamine hands on blanks),
rows hidden by hand, and whether dates count from 1904.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import python_calamine as calamine
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from intake.readers.aqdef import holds_aqdef, read_zipped_aqdef
from intake.readers.markers import marker_of
from intake.readers.raw import NO_RESULT, RawSheet, RawWorkbook, column_letter
from intake.readers.refusals import Limits, Refused

SPREADSHEET_ENDS = (65_536, 1_048_576)
CHUNK = 1 << 20
ENCRYPTED = 1  # the flag of an entry


@dataclass
class SheetMarks:
    """What the XML of one sheet tells beside its values; addresses as (row, column) from 0."""

    errors: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    filtered: bool = False
    widths: list[list[float]] = field(default_factory=list)


def read_zipped(data: bytes, limits: Limits, encoding: str | None = None) -> RawWorkbook:
    """Read what is inside a zip file: an xlsx, xlsb or ods workbook, or AQDEF files of a measuring machine.

    Raises
    ------
    Refused
        ``zip_bomb``, ``too_many_parts``, ``zip_version``, ``truncated``, ``archive``, ``not_a_sheet``, ``entities``,
        ``locked``, ``formula_without_value`` and what `read_workbook` raises.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, EOFError, ValueError) as broken:
        raise Refused("truncated") from broken
    except RuntimeError as later:  # it asks for a version of zip that came after ours
        raise Refused("zip_version") from later
    with archive:
        kind = _kind_of_zip(archive)
        if len(archive.infolist()) > limits.parts:
            raise Refused("too_many_parts", {"parts": len(archive.infolist()), "limit": limits.parts})
        size = sum(entry.file_size for entry in archive.infolist())
        if size > limits.unpacked:
            raise Refused("zip_bomb", {"size": size, "limit": limits.unpacked})
        if any(entry.flag_bits & ENCRYPTED for entry in archive.infolist()):
            raise Refused("locked")
        if kind not in ("xlsx", "aqdef"):
            return read_workbook(data, kind, limits)
        try:
            if kind == "aqdef":
                return read_zipped_aqdef(archive, limits, encoding)
            marks, date1904 = _look_into_xlsx(archive)
            marker = marker_of(archive)
        except DefusedXmlException as trick:
            raise Refused("entities") from trick
        except (zipfile.BadZipFile, ParseError, EOFError, KeyError, ValueError, OSError) as broken:
            raise Refused("truncated") from broken
        except RuntimeError as odd:  # packed in a way that is not ours
            raise Refused("zip_version") from odd
    book = read_workbook(data, kind, limits)
    book.date1904, book.marker = date1904, marker
    for sheet in book.sheets:
        _apply(marks.get(sheet.name, SheetMarks()), sheet)
    return book


def _kind_of_zip(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    folders = {name.split("/")[0].lower() for name in names}
    if "xl" in folders:
        return "xlsb" if "xl/workbook.bin" in names else "xlsx"
    if "content.xml" in names:
        return "ods"
    for folder, kind in (("word", "word"), ("ppt", "slides")):
        if folder in folders:
            raise Refused("not_a_sheet", {"kind": kind})
    if holds_aqdef(archive):
        return "aqdef"
    raise Refused("archive", {"kind": "zip"})


def read_workbook(data: bytes, kind: str, limits: Limits) -> RawWorkbook:
    """Read every sheet of a workbook of a known kind (xlsx, xlsb, xls, ods).

    Raises
    ------
    Refused
        ``locked``, ``truncated``, ``too_many_cells``, ``cut_off`` or ``no_cells``.
    """
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        sheets = list(_sheets(book, limits))
    except calamine.PasswordError as locked:
        raise Refused("locked") from locked
    except (calamine.ZipError, calamine.XmlError, calamine.CalamineError, OSError) as broken:
        if "password" in str(broken).lower():
            raise Refused("locked") from broken
        raise Refused("truncated" if kind == "xls" else "unreadable") from broken
    if not any(sheet.columns for sheet in sheets):
        raise Refused("no_cells")
    return RawWorkbook(kind, sheets)


def _sheets(book: calamine.CalamineWorkbook, limits: Limits) -> Iterator[RawSheet]:
    cells = 0
    for index, told in enumerate(book.sheets_metadata):
        if told.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(index)
        cells += sheet.height * sheet.width
        if cells > limits.cells:
            raise Refused("too_many_cells", {"limit": limits.cells})
        yield _one_sheet(sheet, limits, hidden=told.visible != calamine.SheetVisibleEnum.Visible)


def _one_sheet(sheet: calamine.CalamineSheet, limits: Limits, *, hidden: bool) -> RawSheet:
    if sheet.start is None:
        return RawSheet(sheet.name, [], hidden=hidden)
    if sheet.total_height in SPREADSHEET_ENDS and not limits.whole:
        raise Refused("cut_off", {"rows": sheet.total_height, "sheet": sheet.name})
    top, left = sheet.start
    merged = [
        [r1 - top, c1 - left, r2 - top, c2 - left]
        for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or []
        if r1 >= top and c1 >= left
    ]
    columns = [list(column) for column in zip(*sheet.to_python(), strict=True)]
    return RawSheet(sheet.name, columns, top, left, merged, hidden=hidden)


def _apply(marks: SheetMarks, sheet: RawSheet) -> None:
    height = len(sheet.columns[0]) if sheet.columns else 0
    for marked_row, marked_column, text in marks.errors:
        row, column = marked_row - sheet.first_row, marked_column - sheet.first_column
        if 0 <= row < height and 0 <= column < len(sheet.columns):
            sheet.columns[column][row] = text
        elif text == NO_RESULT:  # nothing that was read stands there: it would be lost without a word
            address = f"{column_letter(marked_column)}{marked_row + 1}"
            raise Refused("formula_without_value", {"cell": address, "sheet": sheet.name})
    sheet.widths = marks.widths
    # A filter hides rows only from the eye; a row hidden by hand was put aside.
    if not marks.filtered:
        shown = (row - sheet.first_row for row in marks.hidden_rows)
        sheet.hidden_rows = [row for row in shown if 0 <= row < height]


RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\shidden="(?:1|true)")[^>]*\sr="(\d+)"')
ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\st="e")[^>]*\sr="([A-Z]+)(\d+)"[^>]*>(?:(?!</(?:\w+:)?c>).)*?'
    rb"<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
ADDRESS = re.compile(rb'\sr="([A-Z]+)(\d+)"')
COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
ROW_END = re.compile(rb"</(?:\w+:)?row>")


def _look_into_xlsx(archive: zipfile.ZipFile) -> tuple[dict[str, SheetMarks], bool]:
    workbook = fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
    relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    parts = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    present = set(archive.namelist())
    marks = {}
    for sheet in _children(workbook, "sheet"):
        part = parts.get(sheet.get(RELATION), "").lstrip("/")
        part = part if part.startswith("xl/") else "xl/" + part
        if part in present:
            name = sheet.get("name", "")
            marks[name] = _marks_of_sheet(archive, part)
    told = next(iter(_children(workbook, "workbookPr")), None)
    return marks, told is not None and told.get("date1904") in ("1", "true")


def _children(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if element.tag.rsplit("}", 1)[-1] == name]


def _marks_of_sheet(archive: zipfile.ZipFile, part: str) -> SheetMarks:
    marks = SheetMarks()
    for chunk in _whole_rows(archive, part):
        # Almost every sheet has none of these; a plain search is far quicker than the patterns.
        if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
            raise Refused("entities")
        if b"<cols" in chunk or b":cols" in chunk:
            marks.widths = _widths(chunk)
        if b'hidden="' in chunk:
            marks.hidden_rows += [int(row) - 1 for row in HIDDEN_ROW.findall(chunk)]
        if b't="e"' in chunk:
            for letters, row, text in ERROR_CELL.findall(chunk):
                marks.errors.append((int(row) - 1, _column(letters), text.decode()))
        if b"<f" in chunk or b":f" in chunk:
            marks.errors += _formulas_without_value(chunk)
        if b"filterColumn" in chunk:
            marks.filtered = True
    return marks


def _widths(chunk: bytes) -> list[list[float]]:
    """(first column, last column, width in characters), columns from 0; hidden ones have width 0."""
    found = []
    for told in COLUMN.findall(chunk):
        values = dict(ATTRIBUTE.findall(told))
        if b"min" in values and b"max" in values and b"width" in values:
            width = 0.0 if values.get(b"hidden") in (b"1", b"true") else float(values[b"width"])
            found.append([int(values[b"min"]) - 1, min(int(values[b"max"]), 16_384) - 1, width])
    return found


def _formulas_without_value(chunk: bytes) -> Iterator[tuple[int, int, str]]:
    for cell in FORMULA_CELL.finditer(chunk):
        # A formula whose result is an empty text keeps t="str" and an empty value.
        if b't="str"' not in cell[1] and (address := ADDRESS.search(cell[1])):
            yield int(address[2]) - 1, _column(address[1]), NO_RESULT


def _whole_rows(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The XML of a sheet in chunks that end with a whole row, so that no cell is torn."""
    rest = b""
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK):
            rest += piece
            ends = [end.end() for end in ROW_END.finditer(rest)]
            if ends:
                yield rest[: ends[-1]]
                rest = rest[ends[-1] :]
    yield rest


def _column(letters: bytes) -> int:
    index = 0
    for char in letters:
        index = index * 26 + char - 64
    return index - 1
