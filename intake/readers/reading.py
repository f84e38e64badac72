"""The door: bytes of any file in, a workbook out, or one refusal."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from intake.readers.children import read_in_child
from intake.readers.refusals import Limits, Refused
from intake.readers.sniff import looks_like
from intake.readers.text import as_cells, read_text
from intake.readers.workbook import Sheet, Workbook

DEFAULT_LIMITS = Limits()


def read(
    data: bytes,
    *,
    filename: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Workbook:
    """Read a file by what its bytes are, never by its name.

    Workbooks, HTML and XML, however small, are read in a child process under limits of memory and
    time; text is read here. May be called from any thread, and after a fork.

    Parameters
    ----------
    data : bytes
        The whole file.
    filename : str
        Names the sheet of a text file; nothing else depends on it.
    encoding : str, optional
        Of a text or AQDEF file, when a person says so.
    delimiter : str, optional
        Of a text file, when a saved mapping says so; one blank stands for runs of blanks.
    limits : Limits
        What reading may cost.

    Raises
    ------
    Refused
        With one of `refusals.RULES` and the parameters of its sentence.
    """
    if len(data) > limits.size:
        raise Refused("too_large", {"size": len(data), "limit": limits.size})
    kind = looks_like(data)
    if kind == "text":
        book = read_text(data, encoding=encoding, delimiter=delimiter, limits=limits)
    else:
        book = read_in_child(kind, data, limits, encoding)
    if not any(sheet.cells.size for sheet in book.sheets):
        raise Refused("no_cells")
    for sheet in book.sheets:
        if (columns := sheet.cells.shape[1]) > limits.columns:
            told = {"columns": columns, "limit": limits.columns, "sheet": sheet.name}
            raise Refused("too_many_columns", told)
    if len(book.sheets) == 1 and not book.sheets[0].name:
        book.sheets[0].name = sheet_name_for(filename)
    return book


def sheet_name_for(filename: str) -> str:
    """Name for the one sheet of a file that has no sheets: that of the file without its ending."""
    stem = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return stem.rsplit(".", 1)[0] if "." in stem else stem


def workbook_from_rows(
    rows: Sequence[Mapping[str, Any]], *, name: str = "", limits: Limits = DEFAULT_LIMITS
) -> Workbook:
    """Rows of an API call or a form as a workbook: the keys are the header in row 1.

    Raises
    ------
    Refused
        ``no_cells`` without a row, ``too_many_cells`` past the limit.
    """
    header = list(dict.fromkeys(key for row in rows for key in row))
    if not header:
        raise Refused("no_cells")
    cells = as_cells([header, *([row.get(key) for key in header] for row in rows)], limits)
    return Workbook("rows", "", [Sheet(name, np.asarray(cells, dtype=object))])
