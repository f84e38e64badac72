"""HTML tables, mostly named .xls by an ERP system; read in the child process.

A small reader of tags, not a browser: tables, rows, cells with their spans, line breaks, entities. All
tables of a page stand below one another, as a spreadsheet program opens them.
"""

import html
import re
from dataclasses import dataclass, field

from intake.readers.decoding import MARKS, decode
from intake.readers.raw import RawSheet, RawWorkbook
from intake.readers.refusals import Limits, Refused
from intake.readers.spreadsheets import SPREADSHEET_ENDS

TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<![^>]*>|<\?[^>]*>"
    r"""|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:]*)(?P<rest>(?:[^<>"']|"[^"]*"|'[^']*')*)>""",
    re.DOTALL,
)
SPAN = re.compile(r"""\b(rowspan|colspan)\s*=\s*["']?(\d+)""", re.IGNORECASE)
CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
SHEET_NAME = re.compile(r"<x:Name>([^<]*)</x:Name>", re.IGNORECASE)
BREAKS = {"br", "p", "div", "li"}
BREAK = "\v"  # line ends of the source are blanks; a break of the page has a mark of its own
SILENT = {"script", "style", "title", "xml", "head"}
WIDEST = 16_384


@dataclass
class _Grid:
    """Cells placed one after another, spans kept as merged ranges."""

    limits: Limits
    rows: list[list] = field(default_factory=list)
    merged: list[list[int]] = field(default_factory=list)
    taken: dict[tuple[int, int], bool] = field(default_factory=dict)
    cells: int = 0

    def add_row(self) -> None:
        self.rows.append([])

    def add_cell(self, text: str, height: int, width: int) -> None:
        if not self.rows:
            self.add_row()
        top, row = len(self.rows) - 1, self.rows[-1]
        while self.taken.pop((top, len(row)), None):
            row.append("")
        left = len(row)
        self.cells += height * width
        if self.cells > self.limits.cells or left + width > WIDEST:
            raise Refused("too_many_cells", {"limit": self.limits.cells})
        row.extend([text] + [""] * (width - 1))
        if height * width > 1:
            self.merged.append([top, left, top + height - 1, left + width - 1])
        for below in range(1, height):
            for beside in range(width):
                self.taken[top + below, left + beside] = True


def read_html(data: bytes, limits: Limits) -> RawWorkbook:
    """Read all tables of an HTML page into one sheet.

    The encoding is that of the byte order mark, else what the page says (gb2312 means GB18030), else
    UTF-8 or GB18030 as the bytes allow.

    Raises
    ------
    Refused
        ``no_cells`` without a table, ``entities``, ``too_many_cells``, ``cut_off`` and what decoding raises.
    """
    text, encoding = _decode(data)
    if re.search(r"<!ENTITY", text[:65_536], re.IGNORECASE):
        raise Refused("entities")
    grid = _place(text, limits)
    while grid.rows and not any(grid.rows[-1]):
        grid.rows.pop()
    if not grid.rows:
        raise Refused("no_cells")
    if len(grid.rows) in SPREADSHEET_ENDS and not limits.whole:
        raise Refused("cut_off", {"rows": len(grid.rows), "sheet": ""})
    width = max(map(len, grid.rows))
    if len(grid.rows) * width > limits.cells:
        raise Refused("too_many_cells", {"limit": limits.cells})
    rows = [row + [""] * (width - len(row)) for row in grid.rows]
    last = len(rows) - 1
    merged = [[top, left, min(bottom, last), right] for top, left, bottom, right in grid.merged]
    name = SHEET_NAME.search(text)
    columns = [list(column) for column in zip(*rows, strict=True)]
    sheet = RawSheet(html.unescape(name[1]) if name else "", columns, merged=merged)
    return RawWorkbook("html", [sheet], encoding)


def _decode(data: bytes) -> tuple[str, str]:
    marked = any(data.startswith(mark) for mark, _ in MARKS)
    told = CHARSET.search(data[:4096])
    if marked or not told:
        return decode(data)
    try:
        return decode(data, told[1].decode())
    except Refused:
        return decode(data)  # the page says one thing and is another


class _Page:
    """The cell that is open while the tags of a page go by, and the grid of those that are closed."""

    def __init__(self, limits: Limits) -> None:
        self.grid = _Grid(limits)
        self.span: tuple[int, int] | None = None
        self.parts: list[str] = []

    def close_cell(self) -> None:
        if self.span is not None:
            self.grid.add_cell(_clean("".join(self.parts)), *self.span)
        self.span = None
        self.parts.clear()

    def take(self, name: str, closing: bool, rest: str) -> None:
        """What a tag does to the grid."""
        if name in ("td", "th"):
            self.close_cell()
            self.span = None if closing else _spans(rest)
        elif name in ("tr", "table", "tbody", "thead", "tfoot"):
            self.close_cell()
            if name == "tr" and not closing:
                self.grid.add_row()
        elif name in BREAKS and self.span is not None and not closing and self.parts:
            self.parts.append(BREAK)


def _place(text: str, limits: Limits) -> _Grid:
    page = _Page(limits)
    silent = ""
    position = 0
    for token in TOKEN.finditer(text):
        if page.span is not None and not silent:
            page.parts.append(text[position : token.start()])
        position = token.end()
        name, closing, rest = (token["name"] or "").lower(), bool(token["close"]), token["rest"] or ""
        was_silent, silent = silent, _still_silent(silent, name, closing, rest)
        if name and not silent and not was_silent:
            page.take(name, closing, rest)
    if page.span is not None:
        page.parts.append(text[position:])
        page.close_cell()
    return page.grid


def _still_silent(silent: str, name: str, closing: bool, rest: str) -> str:
    """The tag inside which text is no text of the page (a script, a style), or an empty text."""
    if silent:
        return "" if closing and name == silent else silent
    return name if name in SILENT and not closing and not rest.endswith("/") else ""


def _spans(attributes: str) -> tuple[int, int]:
    if "span" not in attributes.lower():
        return 1, 1
    told = {name.lower(): int(number) for name, number in SPAN.findall(attributes)}
    # 65,534 is what HTML itself allows; a spreadsheet is not wider than 16,384.
    return (
        min(max(told.get("rowspan", 1), 1), 65_534),
        min(max(told.get("colspan", 1), 1), WIDEST),
    )


def _clean(text: str) -> str:
    lines = (" ".join(html.unescape(line).split()) for line in text.split(BREAK))
    return "\n".join(line for line in lines if line)
