"""Where the tables of a sheet begin and end: titles, label-value blocks, headers of one or two rows."""

from dataclasses import dataclass, field

import numpy as np

from intake.readers.workbook import Sheet
from intake.tables.words import ALSO_VALUES, is_known, key_of, plain

ROWS_SEARCHED = 400
TITLES = 4  # lines that may stand above a table without being prose
LEAST_ROWS = 3  # of a table of numbers


@dataclass(eq=False)
class Region:
    """One table of a sheet, rows and columns as indices of `Sheet.cells`.

    Attributes
    ----------
    header_rows : list of int
        None, one or two rows of names.
    first, end : int
        Rows of data: from `first` up to, not including, `end`.
    tops, names : list of str
        Of each column the name in the upper header row (filled over merged cells) and its own name.
    """

    header_rows: list[int]
    first: int
    end: int
    tops: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def header_of(self, column: int) -> str:
        """The whole name of a column: upper and lower word."""
        top, name = self.tops[column], self.names[column]
        return name if not top or top == name else f"{top} {name}".strip()


def find_regions(sheet: Sheet, *, skip_lines: int = 0, header: bool = True) -> list[Region]:
    """Tables of a sheet from top to bottom.

    Parameters
    ----------
    sheet : Sheet
    skip_lines : int
        Lines at the top that a saved mapping leaves out, counted from the first of the file.
    header : bool
        False where a saved mapping says that no header stands above the data.
    """
    start = min(max(skip_lines - sheet.first_row, 0), len(sheet.cells))
    if not header:
        return [_without_header(sheet, start)]
    if not sheet.name:
        start = _below_prose(sheet, start)
    heads = _header_rows(sheet, start)
    if not heads:
        shaped = _header_by_shape(sheet, start)
        if shaped is None:
            return [_without_header(sheet, start)] if start < len(sheet.cells) else []
        heads = [shaped]
    regions: list[Region] = []
    for row in heads:
        if regions and row < regions[-1].first:
            continue  # the lower row of a header that was just taken
        printed = {frozenset(_keys(sheet.cells[head])) for region in regions for head in region.header_rows}
        if frozenset(_keys(sheet.cells[row])) in printed:
            continue  # printed again at the top of a page; its rows are left out later
        if regions:
            regions[-1].end = row
        regions.append(_with_header(sheet, row))
    return regions


def _below_prose(sheet: Sheet, start: int) -> int:
    """Where a text file's own table begins: its names, or else its numbers, below paragraphs of prose.

    A paragraph has lines as wide as the data and words that headers have. Only what is unmistakable is
    passed over: more than `TITLES` lines of words above rows of one width, mostly values, as far as is searched.
    """
    cells = sheet.cells[start : start + ROWS_SEARCHED]
    filled = _filled(cells)
    there = np.flatnonzero(filled > 0)
    odd = [row for row in there if filled[row] != filled[there[-1]] or not _mostly_values(cells[row])]
    if len(odd) <= TITLES:
        return start
    body = there[there > odd[-1]]
    if len(body) < LEAST_ROWS or filled[body[0]] < 2:
        return start
    above = there[there < body[0]]
    for row in above[:-3:-1]:  # a rule of dashes may stand between the names and the data
        words = [plain(cell) for cell in cells[row] if cell is not None]
        if len(words) == filled[body[0]] and len(set(words)) == len(words) and not any(map(_is_value, words)):
            return start + int(row)
    return start + int(body[0])


def _header_rows(sheet: Sheet, start: int) -> list[int]:
    rows = {index: sheet.cells[index] for index in range(start, min(len(sheet.cells), start + ROWS_SEARCHED))}
    scores = {index: _score(row) for index, row in rows.items()}
    found = [index for index, score in scores.items() if score >= 2 and _as_wide_as_data(sheet, index)]
    if not found:
        return []
    best = max(found, key=lambda index: (scores[index], -index))
    # Below the main table a second one may begin; a row that shares few words with data is no header.
    return [best] + [
        index for index in found if index > best and _begins_another(rows[index], rows[best], scores[index])
    ]


def _as_wide_as_data(sheet: Sheet, row: int) -> bool:
    """Whether a header names enough of the columns below it; prose with two known words does not."""
    below = _filled(sheet.cells[row + 1 : row + 40])
    return not below.any() or int((sheet.cells[row] != None).sum()) >= 0.4 * np.median(below[below > 0])  # noqa: E711


def _score(row: np.ndarray) -> int:
    """How many different header words a row holds; 0 for a row of labels and values, or of data."""
    filled = [cell for cell in row if cell is not None]
    known = {key_of(cell) for cell in filled if is_known(cell)}
    strict = known - ALSO_VALUES
    if len(known) < 2 or not strict:
        return 0
    values = sum(1 for cell in filled if not isinstance(cell, str))
    if values > len(filled) / 3 or len(known) < 0.3 * len({key_of(cell) for cell in filled}):
        return 0
    return 0 if _is_label_value(row) else len(known)


def _is_label_value(row: np.ndarray) -> bool:
    """Whether every known word is followed by a word that is none: 客户 | 示例·总装 | 批号 | C250305-1."""
    filled = [cell for cell in row if cell is not None]
    if len(filled) < 2 or len(filled) > 12:
        return False
    known = [is_known(cell) for cell in filled]
    labels = sum(known)
    paired = sum(1 for here, after in zip(known, [*known[1:], True], strict=True) if here and not after)
    return labels * 2 >= len(filled) - 1 and paired == labels and known[0]


def _begins_another(row: np.ndarray, main: np.ndarray, score: int) -> bool:
    filled = [cell for cell in row if cell is not None]
    known = sum(map(is_known, filled))
    if _keys(row) == _keys(main):
        return False  # the same header, printed again
    return (score >= 3 and known >= 0.6 * len(filled)) or (score >= 2 and known == len(filled))


def _keys(row: np.ndarray) -> set[str]:
    return {key_of(cell) for cell in row if isinstance(cell, str)} - {""}


def _with_header(sheet: Sheet, row: int) -> Region:
    width = sheet.cells.shape[1]
    upper = [plain(cell) for cell in sheet.cells[row]]
    if not _has_second_row(sheet, row):
        return Region([row], row + 1, len(sheet.cells), [""] * width, upper)
    tops, names = _two_rows(sheet, row)
    return Region([row, row + 1], row + 2, len(sheet.cells), tops, names)


def _spans(sheet: Sheet, row: int) -> list[tuple[int, int]]:
    """Merged ranges of a header row that go over several columns of this row alone."""
    return [
        (merge.left, merge.right) for merge in sheet.merged
        if merge.top == row and merge.bottom == row and merge.right > merge.left
    ]  # fmt: skip


def _has_second_row(sheet: Sheet, row: int) -> bool:
    if row + 1 >= len(sheet.cells):
        return False
    upper, lower = sheet.cells[row], sheet.cells[row + 1]
    spans = _spans(sheet, row)
    tall = [m for m in sheet.merged if m.top == row and m.bottom == row + 1]
    if spans and (tall or _names_below(lower, spans)):
        return True
    # Without merged ranges (a comma file): names below stand where the row above is empty or begins a group.
    below = [column for column, cell in enumerate(lower) if cell is not None]
    if not below or any(not _is_name(lower[column]) for column in below):
        return False
    under_nothing = [column for column in below if upper[column] is None]
    under_word = [column for column in below if upper[column] is not None]
    begins_group = all(column + 1 < len(upper) and upper[column + 1] is None for column in under_word)
    return bool(under_nothing) and begins_group and len(below) > 1


def _names_below(lower: np.ndarray, spans: list[tuple[int, int]]) -> bool:
    inside = [lower[column] for left, right in spans for column in range(left, min(right + 1, len(lower)))]
    return any(cell is not None for cell in inside) and all(cell is None or _is_name(cell) for cell in inside)


def _is_name(cell: object) -> bool:
    """Whether a cell may be a name in a lower header row: a word, or the number of a piece."""
    if isinstance(cell, str):
        text = plain(cell)
        return (
            bool(text) and not text.replace(".", "").replace(",", "").replace("%", "").isdigit()
        ) or text in _PIECES
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and float(cell) in range(1, 51)


_PIECES = {str(number) for number in range(1, 51)}


def _two_rows(sheet: Sheet, row: int) -> tuple[list[str], list[str]]:
    upper = [plain(cell) for cell in sheet.cells[row]]
    lower = [plain(cell) for cell in sheet.cells[row + 1]]
    spans = _spans(sheet, row)
    for left, right in spans:
        for column in range(left + 1, min(right + 1, len(upper))):
            upper[column] = upper[left]
    if not spans:
        for column in range(1, len(upper)):
            if not upper[column] and lower[column]:
                upper[column] = upper[column - 1]
    tops = [top if name else "" for top, name in zip(upper, lower, strict=True)]
    names = [name or top for top, name in zip(upper, lower, strict=True)]
    return tops, names


def _without_header(sheet: Sheet, start: int) -> Region:
    """Data from the first line that is as wide as most lines are; prose above it is skipped."""
    width = sheet.cells.shape[1]
    filled = _filled(sheet.cells[start:])
    first = start
    if filled.any():
        usual = _usual(filled)
        alike = np.flatnonzero(filled == usual)
        others = np.flatnonzero((filled != usual) & (filled > 0))
        # Lines of prose are as wide as data by chance: what comes after the last odd line is data,
        # if that is most of it.
        after = alike[alike > others[-1]] if len(others) else alike
        first += int(after[0] if 2 * len(after) >= len(alike) else alike[0])
    return Region([], first, len(sheet.cells), [""] * width, [""] * width)


def _filled(cells: np.ndarray) -> np.ndarray:
    return (cells != None).sum(axis=1)  # noqa: E711  (element by element)


def _usual(filled: np.ndarray) -> int:
    widths, counts = np.unique(filled[filled > 0], return_counts=True)
    return int(widths[counts.argmax()])


def _header_by_shape(sheet: Sheet, start: int) -> int | None:
    """A row of words over columns of numbers or dates is a header, whatever the words are."""
    cells = sheet.cells[start : start + 60]
    filled = _filled(cells)
    if not filled.any():
        return None
    first = int(np.argmax(filled >= 0.8 * _usual(filled)))
    head, below = cells[first], cells[first + 1 :]
    words = [plain(cell) for cell in head if cell is not None]
    if len(words) < 2 or len(set(words)) < len(words) or not len(below) or any(map(_is_value, head)):
        return None
    columns = [column for column in range(cells.shape[1]) if head[column] is not None]
    of_values = [column for column in columns if _mostly_values(below[:10, column])]
    return start + first if of_values else None


def _is_value(cell: object) -> bool:
    if cell is None:
        return False
    if not isinstance(cell, str):
        return True
    return sum(char.isdigit() for char in cell) * 2 >= len(cell.replace(" ", "")) > 0


def _mostly_values(column: np.ndarray) -> bool:
    there = [cell for cell in column if cell is not None]
    return bool(there) and sum(map(_is_value, there)) >= 0.6 * len(there)
