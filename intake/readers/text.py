"""Text files: commas, semicolons, tabs, bars or runs of blanks between the cells."""

import csv
import io
from collections import Counter
from collections.abc import Sequence

import numpy as np

from intake.readers.decoding import decode
from intake.readers.refusals import Limits, Refused
from intake.readers.workbook import Sheet, Workbook

# Stronger marks first: between two that fit equally well the earlier one is taken.
DELIMITERS = ("\t", ";", "|", ",")
BLANKS = " "
LINES_TO_JUDGE_BY = 400
# A table that ends exactly here was cut by the program that wrote it.
SPREADSHEET_ENDS = (65_536, 1_048_576)


def read_text(
    data: bytes, *, encoding: str | None = None, delimiter: str | None = None, limits: Limits
) -> Workbook:
    """Read a delimited text file into one sheet without a name.

    Rows are counted as a spreadsheet counts them: blank lines count, a line break inside quotes
    does not. Prose above the table stays, as rows that are shorter or longer than the others.

    Raises
    ------
    Refused
        If the text cannot be decoded, a quote is never closed, or a limit is passed.
    """
    text, name = decode(data, encoding)
    if not text.strip():
        raise Refused("empty")
    # A line end that was translated twice on its way would else look like a blank line after each row.
    text = text.replace("\r\r\n", "\r\n")
    delimiter = delimiter or find_delimiter(text)
    rows = _split(text, delimiter, limits)
    cells = as_cells(rows, limits)
    if len(cells) in SPREADSHEET_ENDS and not limits.whole:
        raise Refused("cut_off", {"rows": len(cells), "sheet": ""})
    return Workbook("csv", name, [Sheet("", cells)], delimiter=delimiter)


def find_delimiter(text: str) -> str:
    """The mark that cuts most lines into the same number of cells, judged by the last lines seen.

    Prose above a table is full of commas and blanks; the lines below it are alike.
    """
    lines = [line for line in text[:200_000].splitlines()[:LINES_TO_JUDGE_BY] if line.strip()]
    lines = lines[len(lines) // 3 :] or lines
    best, best_score = ",", (0.5, 0)
    for delimiter in (*DELIMITERS, BLANKS):
        alike, width = _agreement(lines, delimiter)
        # A blank separates words of prose as well: it has to beat the others clearly.
        score = (round(alike - (0.1 if delimiter == BLANKS else 0), 2), 0)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _agreement(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = Counter(len(row) for row in csv.reader(_prepared(lines, delimiter), **_dialect(delimiter)))
    except csv.Error:
        return 0.0, 0
    # One cell in a line is no cut at all.
    width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]))
    return count / sum(widths.values()), width


def _dialect(delimiter: str) -> dict:
    return {"delimiter": delimiter, "skipinitialspace": delimiter == BLANKS, "strict": False}


def _prepared(lines, delimiter: str):
    if delimiter != BLANKS:
        return lines
    return (line.expandtabs(1).strip() for line in lines)


def _split(text: str, delimiter: str, limits: Limits) -> list[list[str]]:
    lines = io.StringIO(text, newline="")
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(_prepared(lines, delimiter), **_dialect(delimiter)):
            cells += len(row)
            if cells > limits.cells:
                raise Refused("too_many_cells", {"limit": limits.cells})
            rows.append(row)
    except csv.Error as wrong:
        if text.count('"') % 2:
            raise Refused("open_quote", {"row": len(rows) + 1}) from wrong
        raise Refused("text_too_long", {"row": len(rows) + 1, "limit": csv.field_size_limit()}) from wrong
    _refuse_an_open_quote(rows, text)
    return rows


def _refuse_an_open_quote(rows: list[list[str]], text: str) -> None:
    # The last cell swallows the rest of a file whose quote is never closed; inch marks may be odd too.
    if rows and rows[-1] and "\n" in rows[-1][-1] and text.count('"') % 2:
        raise Refused("open_quote", {"row": len(rows)})


def as_cells(rows: Sequence[Sequence], limits: Limits) -> np.ndarray:
    """Rows of unequal length as one array of objects, blanks as None, without the empty end."""
    height = len(rows)
    while height and not any(cell not in ("", None) for cell in rows[height - 1]):
        height -= 1
    if not height:
        raise Refused("no_cells")
    rows = rows[:height]
    width = max(map(len, rows))
    if height * width > limits.cells:
        raise Refused("too_many_cells", {"limit": limits.cells})
    if any(len(row) != width for row in rows):
        rows = [list(row) + [None] * (width - len(row)) for row in rows]
    cells = np.empty((height, width), dtype=object)
    cells[:] = rows
    cells[cells == ""] = None
    return cells
