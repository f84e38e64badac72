"""Why a file cannot be read, and how much of one is read at all.

Imported by the child process too, so only the standard library stands here.
"""

from dataclasses import asdict, dataclass
from typing import Any


class Refused(Exception):
    """A file that is not read: a rule and what its sentence needs.

    Parameters
    ----------
    rule : str
        Code of the reason, a key of :data:`RULES`.
    params : dict
        Numbers and names for the sentence; JSON values only.
    """

    def __init__(self, rule: str, params: dict[str, Any] | None = None) -> None:
        super().__init__(rule, params or {})
        self.rule = rule
        self.params: dict[str, Any] = params or {}


# Every reason a reader may give, with the parameters of its sentence.
RULES: dict[str, tuple[str, ...]] = {
    "empty": (),
    "too_large": ("size", "limit"),
    "locked": (),
    "picture": ("kind",),
    "pdf": (),
    "not_a_sheet": ("kind",),  # word, slides, web_archive, xml, rich_text
    "archive": ("kind",),
    "qif_not_yet": (),
    "cmm_not_yet": (),
    "edi_not_yet": (),
    "json_not_yet": (),
    "old_excel": (),  # before Excel 95: no reader for it
    "zip_bomb": ("size", "limit"),
    "too_many_parts": ("parts", "limit"),
    "zip_version": (),
    "entities": (),
    "truncated": (),
    "unreadable": (),
    "formula_without_value": ("cell", "sheet"),
    "cut_off": ("rows", "sheet"),
    "nul_bytes": ("position",),
    "encoding": ("position", "encoding"),
    "unknown_encoding": ("encoding",),
    "open_quote": ("row",),
    "cell_too_long": ("row", "limit"),
    "too_many_cells": ("limit",),
    "too_many_columns": ("columns", "limit", "sheet"),
    "too_slow": ("limit",),
    "too_much_memory": ("limit",),
    "no_cells": (),
    "aqdef_line": ("row",),
    "aqdef_no_values": (),
    "aqdef_no_description": (),
    "aqdef_twice": ("name",),
}

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What reading one file may cost.

    Attributes
    ----------
    size : int
        Bytes of the file as sent.
    unpacked : int
        Bytes of all parts of a zipped workbook together.
    parts : int
        Parts of a zipped workbook.
    cells : int
        Cells of all sheets together, blank ones inside the used area included.
    columns : int
        Columns of one sheet.
    text : int
        Characters of one cell (a spreadsheet holds 32,767).
    memory : int
        Address space of the child process in bytes.
    cpu_seconds, wall_seconds : float
        Time of the child process for one file.
    whole : bool
        Whether a person said that a table which ends at the last row of a spreadsheet was not cut off.
    """

    size: int = 512 * MEBIBYTE
    unpacked: int = 1024 * MEBIBYTE
    parts: int = 10_000
    cells: int = 40_000_000
    columns: int = 2_000
    text: int = 32_767
    memory: int = 2048 * MEBIBYTE
    cpu_seconds: float = 60
    wall_seconds: float = 120
    whole: bool = False

    def as_json(self) -> dict[str, Any]:
        """The limits as the child process receives them."""
        return asdict(self)
