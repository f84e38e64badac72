"""What a reader in the child process hands to the parent; only the standard library stands here."""

from dataclasses import dataclass, field

MERGED = "⧉"  # behind a number that stands once, in a cell merged over things that differ
NO_RESULT = "#NO_RESULT!"  # cell of a formula that no spreadsheet program has calculated yet


def column_letter(index: int) -> str:
    """Letter of a column as a spreadsheet shows it; `index` counts from 0 (0 is A, 26 is AA)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass
class RawSheet:
    """A sheet as the child sends it: columns of JSON-able cells; see `workbook.Sheet`."""

    name: str
    columns: list[list]
    first_row: int = 0
    first_column: int = 0
    merged: list[list[int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden: bool = False
    widths: list[list[float]] = field(default_factory=list)
    numbers: list[int] | None = None


@dataclass
class RawWorkbook:
    """What a reader in the child process returns; see `workbook.Workbook`."""

    format: str
    sheets: list[RawSheet]
    encoding: str = ""
    date1904: bool = False
    marker: str = ""
