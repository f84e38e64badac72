"""From stored bytes to typed rows: the readers and tables, with what the person and earlier files told."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from core import clock
from intake.models import Upload
from intake.readers.reading import read
from intake.readers.refusals import Limits, Refused
from intake.readers.workbook import Workbook, column_index
from intake.services import cut_off, mappings, pairs
from intake.tables.encodings import big5_instead, layout_of
from intake.tables.factors import Factors
from intake.tables.kinds import KINDS
from intake.tables.reading import Reading
from intake.tables.typed import Typed, type_tables
from intake.tables.understand import Understood, understand
from suppliers import access
from suppliers.queries.unit_factors import unit_factors

FIELDS = {field.name for kind in KINDS.values() for field in kind.fields}


@dataclass(slots=True)
class ReadFile:
    """A file, read and typed.

    Attributes
    ----------
    answers : dict
        What was answered about names and parts: for this layout before, then for this upload.
    """

    workbook: Workbook
    understood: Understood
    typed: Typed | None  # nothing where no table was found, or where it is not known what it holds
    answers: dict[str, Any]

    def letters(self) -> dict[tuple[int, str], str]:
        """Return the column letter of each field of each table."""
        found: dict[tuple[int, str], str] = {}
        for table in self.understood.tables:
            told = {name: table.sheet.letter(one.column) for name, one in table.told.items()}
            own = {name: column.letter for column in reversed(table.columns) for name in column.fields}
            found |= {(table.number, name): letter for name, letter in (told | own).items()}
        return found


def open_workbook(upload: Upload) -> Workbook:
    """Read the workbook of an upload, mended cells in their places.

    Raises Refused as readers do.
    """
    reading = _asked(upload)
    said = upload.options.get("encoding") or reading.encoding
    book = _read(upload, said, reading.delimiter)
    if (either := big5_instead(book)) and (
        known := mappings.encoding_of(upload.sender_id, upload.partnership_id, layout_of(either[0]))
    ):
        book = _read(upload, known, reading.delimiter)
    _mend(book, upload.answers.get("cells", []))
    return book


def _read(upload: Upload, encoding: str, delimiter: str) -> Workbook:
    book = read(
        pairs.content_of(upload),
        filename=upload.file_name,
        encoding=encoding or None,
        delimiter=delimiter or None,
        limits=Limits(size=settings.UPLOAD_MAX_BYTES, whole=cut_off.is_whole(upload)),
    )
    book.encoding_is_said = bool(encoding)
    return book


def read_file(upload: Upload, book: Workbook) -> ReadFile:
    """Understand and type the workbook of an upload.

    Raises Refused with ``mapping_unknown``.
    """
    learned: dict[str, Any] = {}

    def remembered(kind: str, fingerprint: str) -> Reading | None:
        reading, answers = mappings.remembered(upload.sender_id, upload.partnership_id, kind, fingerprint)
        learned.update(answers)
        return reading

    understood = understand(
        book,
        file_name=upload.file_name,
        kind=upload.kind or None,
        reading=_asked(upload) if book.format != "csv" else _with_own_names(_asked(upload), book),
        remembered=remembered,
    )
    day = clock.today(upload.sent_by.user.zone)
    typed = None
    if understood.tables and "kind" not in [question.code for question in understood.questions]:
        typed = type_tables(understood, today=day, factors=cache(lambda: _factors(upload)))
    saved = mappings.named(upload.sender_id, upload.options.get("mapping", ""))
    of_name = mappings.parts_of(saved)[1] if saved else {}
    return ReadFile(book, understood, typed, learned | of_name | upload.answers.get("answers", {}))


def _factors(upload: Upload) -> Factors:
    """What units are in pieces, of the parts on the partnerships that the file may speak of."""
    places = [upload.partnership_id] if upload.partnership_id else access.partnerships_to_fill(upload.sent_by)
    return Factors.of(unit_factors(places))


def _asked(upload: Upload) -> Reading:
    """What the person said of this file, over the mapping that was named."""
    of_file = Reading(constants=upload.answers.get("constants", {}))
    told = of_file.over(Reading.from_json(upload.answers.get("reading")))
    name = upload.options.get("mapping", "")
    if not name:
        return told
    saved = mappings.named(upload.sender_id, name)
    if saved is None:
        raise Refused("mapping_unknown", {"name": name})
    return told.over(mappings.parts_of(saved)[0])


def _with_own_names(reading: Reading, book: Workbook) -> Reading:
    """Columns headed by our own field names, as rows of the API are, mean these fields."""
    head = [cell for cell in book.sheets[0].cells[0] if isinstance(cell, str)]
    if not head or not set(head) <= FIELDS:
        return reading
    return reading.over(Reading(columns={name: name for name in head}))


def _mend(book: Workbook, cells: list[dict[str, Any]]) -> None:
    """Put values that a person typed where the file has others."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for cell in cells:
        sheet = sheets.get(cell["sheet"])
        if sheet is None:
            continue
        row = sheet.index_of(cell["row"])
        column = column_index(cell["column"]) - sheet.first_column
        if row is not None and 0 <= column < sheet.cells.shape[1]:
            sheet.cells[row, column] = cell["value"] or None
