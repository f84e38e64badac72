"""Text files: commas, semicolons, tabs, bars or runs of blanks between the cells."""

import csv
import io
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from intake.readers.decoding import decode
from intake.readers.refusals import Limits, Refused
from intake.readers.workbook import Sheet, Workbook

# Stronger marks first: between two that fit equally well the earlier one is taken.
DELIMITERS = ("\t", ";", "|", ",")
BLANKS = " "
LINES_TO_JUDGE_BY = 400
LARGE = 65_536  # characters from which on columns are read instead of lines
BLOCK = 1024 * 1024
# A table that ends exactly here was cut by the program that wrote it.
SPREADSHEET_ENDS = (65_536, 1_048_576)
csv.field_size_limit(Limits().text)  # of all readers of the process; an error where a cell is longer


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
    cells = _even_cells(text, delimiter, limits)
    if cells is None:
        cells = as_cells(_split(text, delimiter, limits), limits)
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


def _even_cells(text: str, delimiter: str, limits: Limits) -> np.ndarray | None:
    """Cells of a text without quotes whose lines, but for some at its head, are cut into as many; else None.

    Equal texts of a column are one object here: what comes after looks at each distinct one once.
    """
    if len(text) < LARGE or delimiter == BLANKS or '"' in text:
        return None
    text = text.replace("\r\n", "\n").rstrip("\n")
    if "\r" in text:
        return None
    first = list(csv.reader(text[: LARGE // 2].split("\n")[:LINES_TO_JUDGE_BY], **_dialect(delimiter)))[:-1]
    width = len(first[-1]) if first else 0
    if not 2 <= width <= limits.columns or any(len(row) > width for row in first):
        return None
    above = next((row for row in range(len(first), 0, -1) if len(first[row - 1]) != width), 0)
    columns = _even_columns(text.split("\n", above)[above], delimiter, width)
    if columns is None:
        return None
    if (above + len(columns[0])) * width > limits.cells:
        raise Refused("too_many_cells", {"limit": limits.cells})
    # Column by column in memory, since that is how they are read.
    cells = np.full((above + len(columns[0]), width), None, dtype=object, order="F")
    for row in range(above):
        cells[row, : len(first[row])] = [cell or None for cell in first[row]]
    for place, column in enumerate(columns):
        words = column.dictionary.to_numpy(zero_copy_only=False)
        words[words == ""] = None
        cells[above:, place] = words[column.indices.to_numpy()]
    height = len(cells)
    while height and all(cell is None for cell in cells[height - 1]):
        height -= 1
    return cells[:height]


def _even_columns(text: str, delimiter: str, width: int) -> list[pa.DictionaryArray] | None:
    names = [str(place) for place in range(width)]
    try:
        table = pyarrow.csv.read_csv(
            pa.py_buffer(text.encode()),
            read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, quote_char=False, ignore_empty_lines=False
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:  # some line has more cells, or fewer
        return None
    columns = [column.combine_chunks() for column in table.unify_dictionaries().columns]
    longest = max(pc.max(pc.utf8_length(column.dictionary)).as_py() for column in columns)
    return columns if longest <= csv.field_size_limit() else None


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
        raise Refused("cell_too_long", {"row": len(rows) + 1, "limit": csv.field_size_limit()}) from wrong
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
