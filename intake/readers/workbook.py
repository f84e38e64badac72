"""What every reader hands on: named tables of cells, each cell with its address."""

from dataclasses import dataclass, field

import numpy as np

from intake.readers.raw import column_letter


def column_index(letter: str) -> int:
    """Index from 0 of a column letter (A is 0, AA is 26)."""
    index = 0
    for char in letter.upper():
        index = index * 26 + ord(char) - ord("A") + 1
    return index - 1


@dataclass(frozen=True)
class Merge:
    """A merged range inside `Sheet.cells`, all four ends inclusive and counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(eq=False)
class Sheet:
    """One table of cells as a person sees it.

    Attributes
    ----------
    name : str
        Name of the sheet; empty for a text file.
    cells : ndarray of object, shape (rows, columns)
        Values as read: str, int, float, bool, date, datetime, or None for a blank cell. An error of
        a formula is its text (``#DIV/0!``); one whose result was never stored is `raw.NO_RESULT`.
    first_row, first_column : int
        Offset of ``cells[0, 0]`` from A1, counted from 0.
    merged : list of Merge
        Merged ranges, in indices of `cells`; the value stands in the top left cell alone.
    hidden_rows : frozenset of int
        Indices of rows that somebody hid by hand. Rows hidden by a filter are not among them.
    hidden : bool
        Whether the whole sheet is hidden.
    widths : list of (int, int, float)
        First and last column, counted from A, and their width in characters; 0 where hidden.
    numbers : ndarray of int, shape (rows,), or None
        Number of each row as the person sees it, where rows do not simply follow one another: the line
        in an AQDEF file. No number stands twice.
    """

    name: str
    cells: np.ndarray
    first_row: int = 0
    first_column: int = 0
    merged: list[Merge] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    hidden: bool = False
    widths: list[tuple[int, int, float]] = field(default_factory=list)
    numbers: np.ndarray | None = None

    def row_number(self, index: int) -> int:
        """Number of a row as the person sees it, from 1."""
        return self.first_row + int(index) + 1 if self.numbers is None else int(self.numbers[index])

    def row_numbers(self, indices: np.ndarray) -> np.ndarray:
        """Numbers of several rows as the person sees them."""
        return indices + self.first_row + 1 if self.numbers is None else self.numbers[indices]

    def index_of(self, number: int) -> int | None:
        """Index in `cells` of the row with a number, or None where there is no such row."""
        if self.numbers is not None:
            found = np.flatnonzero(self.numbers == number)
            return int(found[0]) if len(found) else None
        index = number - 1 - self.first_row
        return index if 0 <= index < len(self.cells) else None

    def letter(self, index: int) -> str:
        """Letter of a column as the person sees it."""
        return column_letter(self.first_column + int(index))

    def address(self, row: int, column: int) -> str:
        """Address of a cell of `cells` as the person sees it, such as ``D9``."""
        return f"{self.letter(column)}{self.row_number(row)}"


@dataclass(eq=False)
class Workbook:
    """A file, read: its format, its encoding and its sheets in their order.

    Attributes
    ----------
    format : str
        csv, xlsx, xlsb, xls, ods, html, xml, aqdef or rows: by the bytes, whatever the name says.
    encoding : str
        Of text and HTML files (utf-8, utf-8-sig, gb18030, utf-16); empty for workbooks.
    sheets : list of Sheet
    delimiter : str
        Of text files; one blank stands for runs of blanks.
    date1904 : bool
        Whether serial dates count from 1904-01-01.
    marker : str
        What we wrote into our own marked workbook (see `markers`); empty in every other file.
    encoding_is_said : bool
        Whether a person named the encoding.
    """

    format: str
    encoding: str
    sheets: list[Sheet]
    delimiter: str = ""
    date1904: bool = False
    marker: str = ""
    encoding_is_said: bool = False
