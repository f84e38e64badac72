"""From a workbook to understood tables: kind, columns, what stands around them, what must be asked."""

import hashlib
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from intake.readers.workbook import Sheet, Workbook
from intake.tables import encodings
from intake.tables.blocks import Told, fields_told, labelled_values, titles
from intake.tables.columns import (
    CERTAIN,
    CONFIRM,
    Column,
    as_columns,
    guess_kind,
    meanings_of,
    understand_columns,
)
from intake.tables.headers import Region, find_regions
from intake.tables.kinds import KINDS, Kind
from intake.tables.numbers import read_number
from intake.tables.periods import first_period
from intake.tables.reading import Reading
from intake.tables.words import key_of

PART_OF_ANOTHER = re.compile(r"其中\s*:|of which\s*:", re.IGNORECASE)

# Questions whose answer is part of a reading; see `answer`.
OF_LAYOUT = frozenset(
    {
        *(
            "kind",
            "column",
            "missing",
            "which_column",
            "date_order",
            "era",
            "encoding",
            "decimal",
            "year",
            "no_value",
        ),
        *("hidden_rows", "hidden_sheets", "merged_counts"),
    }
)

Remembered = Callable[[str, str], Reading | None]


@dataclass(eq=False)
class Table:
    """One table of a sheet, understood.

    Attributes
    ----------
    number : int
        Counts the tables of the file that are read, from 1.
    sheet : Sheet
    region : Region
        Where it stands, in indices of `sheet.cells`.
    columns : list of Column
    told : dict of str to Told
        Fields that stand beside labels above or below the table, for all of its rows.
    year, month : int or None
        Of dates that do not tell theirs.
    fingerprint : str
        Of the headers, in their order: what a remembered reading hangs on.
    is_form : bool
        Whether the sheet is one inspection: its figures stand beside labels, the table lists defects.
    """

    sheet: Sheet
    region: Region
    columns: list[Column]
    told: dict[str, Told]
    year: int | None
    month: int | None
    fingerprint: str
    number: int = 0
    is_form: bool = False

    def column_of(self, name: str) -> Column | None:
        """The first column that fills a field."""
        return next((column for column in self.columns if name in column.fields), None)

    def filled(self, reading: Reading) -> set[str]:
        """Fields that have a column, a value above the table, a join or a constant."""
        fields = {name for column in self.columns for name in column.fields}
        fields |= {"characteristic" for column in self.columns if column.characteristic}
        return fields | set(self.told) | set(reading.join) | set(reading.constants)


@dataclass(frozen=True)
class Question:
    """Something that only a person can say.

    Attributes
    ----------
    code : str
        ``encoding``, ``kind``, ``column`` (what a column means),
        ``which_column`` (of several with one meaning), ``missing`` (which column holds a field),
        ``hidden_sheets``, ``hidden_rows``, ``date_order``, ``era``, ``decimal``,
        ``no_value``, ``merged_counts`` or ``year``.
    params : dict
        What the sentence needs.
    options : list of str
        Possible answers: fields, kinds, headers; empty where any text is an answer.
    sheet, column : str
        Where, as the person sees it.
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    sheet: str = ""
    column: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(eq=False)
class Understood:
    """What was understood of a file before its cells are typed.

    Attributes
    ----------
    workbook : Workbook
    kind : str
    tables : list of Table
        Those that are read; sheets of one layout are one table in many pieces.
    skipped : list of (str, str)
        Sheets that are not read, each with a reason: ``empty``, ``no_table``, ``other_layout``,
        ``included_elsewhere`` (its title says 其中), ``not_chosen``, ``hidden``.
    questions : list of Question
    reading : Reading
        What was saved or remembered and used.
    layout : str
        Of a file whose encoding is asked about: by this the answer is remembered.
    """

    workbook: Workbook
    kind: str
    tables: list[Table]
    skipped: list[tuple[str, str]]
    questions: list[Question]
    reading: Reading
    file_name: str = ""
    layout: str = ""

    @property
    def fingerprint(self) -> str:
        """Of the layout most rows are in; without a table that by which the encoding is remembered, or none."""
        if not self.tables:
            return self.layout
        return max(self.tables, key=lambda table: table.region.end - table.region.first).fingerprint

    def as_json(self) -> dict[str, Any]:
        """What a page shows and an upload keeps: no cells but the samples."""
        return {
            "format": self.workbook.format,
            "encoding": self.workbook.encoding,
            "kind": self.kind,
            "fingerprint": self.fingerprint,
            "reading": self.reading.as_json(),
            "skipped": [{"sheet": sheet, "reason": reason} for sheet, reason in self.skipped],
            "questions": [question.as_json() for question in self.questions],
            "tables": [_table_as_json(table) for table in self.tables],
        }


def understand(
    workbook: Workbook,
    *,
    file_name: str = "",
    kind: str | None = None,
    reading: Reading | None = None,
    remembered: Remembered | None = None,
) -> Understood:
    """Find the tables of a workbook and what their columns mean.

    Parameters
    ----------
    workbook : Workbook
    file_name : str
        May tell the year and month of the dates.
    kind : str, optional
        One of `kinds.KINDS`; guessed from the headers when not given.
    reading : Reading, optional
        A saved mapping, and answers of a person; goes before everything else.
    remembered : callable (kind, fingerprint) -> Reading or None
        What was remembered of a layout; `reading` goes before it. A blank kind asks for that of any.
    """
    asked = reading or Reading()
    if either := encodings.big5_instead(workbook):
        as_read, in_big5 = (", ".join(texts[:4]) for texts in either)
        options = [encodings.BIG5, encodings.GB18030]
        question = Question("encoding", {"as_read": as_read, "in_big5": in_big5}, options)
        layout = encodings.layout_of(either[0])
        return Understood(workbook, "", [], [], [question], asked, file_name, layout)
    pieces, skipped = _pieces(workbook, file_name, asked)
    guessed, clear = _kind_of(pieces, kind or asked.kind)
    if not clear and remembered and (said := _kind_said_before(pieces, remembered)):
        guessed, clear = said, True
    if not guessed:
        questions = (
            [Question("kind", options=list(KINDS))]
            if pieces
            else [Question("missing", {"fields": ["table"]})]
        )
        return Understood(workbook, "", [], skipped, questions, asked, file_name)
    of_kind = KINDS[guessed]
    used = Understood(workbook, guessed, [], skipped, [], asked, file_name)
    for piece in pieces:
        memory = remembered(guessed, piece.fingerprint) if remembered else None
        effective = asked.over(memory)
        _understand_piece(piece, of_kind, effective)
        if memory:
            used.reading = effective
    if guessed == "inspections":
        pieces = _with_forms(pieces)
    _choose(used, pieces, of_kind)
    if not clear:
        # What the columns mean depends on the kind, so nothing else is asked before it.
        used.questions = [Question("kind", {"guess": guessed}, list(KINDS))]
    return used


def _pieces(
    workbook: Workbook, file_name: str, reading: Reading
) -> tuple[list[Table], list[tuple[str, str]]]:
    pieces: list[Table] = []
    skipped: list[tuple[str, str]] = []
    for sheet in workbook.sheets:
        if reading.sheets and sheet.name not in reading.sheets:
            skipped.append((sheet.name, "not_chosen"))
            continue
        regions = (
            find_regions(sheet, skip_lines=reading.skip_lines, header=reading.header)
            if sheet.cells.size
            else []
        )
        found = [_piece(sheet, region, file_name, reading) for region in regions]
        if not found:
            skipped.append((sheet.name, "no_table" if sheet.cells.size else "empty"))
        elif _is_part_of_another(sheet, regions[0]) and sheet.name not in reading.sheets:
            skipped.append((sheet.name, "included_elsewhere"))
        else:
            pieces.extend(found)
    return pieces, skipped


def _is_part_of_another(sheet: Sheet, region: Region) -> bool:
    """Whether the title says that the quantities stand in another sheet already (其中:待检)."""
    above = range(region.header_rows[0] if region.header_rows else region.first)
    return any(PART_OF_ANOTHER.search(text) for text in titles(sheet.cells, above))


def _piece(sheet: Sheet, region: Region, file_name: str, reading: Reading) -> Table:
    letters = [sheet.letter(index) for index in range(sheet.cells.shape[1])]
    columns = as_columns(letters, region.tops, region.names, sheet.cells[region.first : region.end])
    above = range(region.header_rows[0] if region.header_rows else region.first)
    around = [*titles(sheet.cells, above), sheet.name, file_name]
    year, month = first_period(around)
    return Table(
        sheet,
        region,
        columns,
        {},
        reading.year or year,
        reading.month or month,
        _fingerprint(columns, region),
    )


def _fingerprint(columns: Iterable[Column], region: Region) -> str:
    names = (
        [key_of(column.header) for column in columns] if region.header_rows else [c.letter for c in columns]
    )
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _kind_of(pieces: list[Table], kind: str) -> tuple[str, bool]:
    if kind:
        return kind, True
    weights: dict[str, float] = {}
    clear: dict[str, bool] = {}
    for piece in pieces:
        labels = labelled_values(piece.sheet.cells, _around(piece)) if len(piece.sheet.cells) < 200 else []
        headers = [(column.top, column.name) for column in piece.columns] + [
            ("", told.label) for told in labels
        ]
        guess, sure = guess_kind(headers)
        # A small table of few known names must not outvote the main one beside it.
        known = sum(1 for top, name in headers if meanings_of(top, name))
        weights[guess] = weights.get(guess, 0) + known * (
            1 + math.log10(max(piece.region.end - piece.region.first, 1))
        )
        clear[guess] = clear.get(guess, False) or sure
    if not weights:
        return "", False
    sure_ones = {name: weight for name, weight in weights.items() if clear[name]}
    best = max(sure_ones or weights, key=lambda name: weights[name])
    return best, clear[best]


def _kind_said_before(pieces: list[Table], remembered: Remembered) -> str:
    """What a person said that tables of one of these layouts are."""
    known = (remembered("", piece.fingerprint) for piece in pieces)
    return next((memory.kind for memory in known if memory and memory.kind), "")


def _around(piece: Table) -> list[int]:
    """Rows that may hold labels: above the header, and the narrow ones at the foot of the sheet."""
    first = piece.region.header_rows[0] if piece.region.header_rows else piece.region.first
    cells = piece.sheet.cells
    filled = (cells[piece.region.first :] != None).sum(axis=1)  # noqa: E711  (element by element)
    usual = np.median(filled[filled > 0]) if filled.any() else 0
    foot = range(max(len(cells) - 12, piece.region.first), len(cells))
    narrow = [row for row in foot if filled[row - piece.region.first] <= max(3, 0.4 * usual)]
    return [*range(min(first, 40)), *narrow]


def _understand_piece(piece: Table, kind: Kind, reading: Reading) -> None:
    cells = piece.sheet.cells[piece.region.first : piece.region.end]
    understand_columns(piece.columns, cells, kind, reading)
    told = fields_told(labelled_values(piece.sheet.cells, _around(piece)), kind.by_source())
    columns = {name for column in piece.columns for name in column.fields}
    types = {item.name: item.type for item in kind.fields}
    piece.told = {
        name: pair for name, pair in told.items() if name not in columns and _may_be(pair.value, types[name])
    }


def _may_be(value: object, of_type: str) -> bool:
    """Whether what stands beside a label can be a number where it must: prose holds such labels, too."""
    return of_type not in ("count", "signed", "number", "money") or read_number(value)[2] != "not_a_number"


def _with_forms(pieces: list[Table]) -> list[Table]:
    """Of a sheet whose lot stands beside a label keep one table: its list of defects, if it has one."""
    kept: list[Table] = []
    for sheet in dict.fromkeys(id(piece.sheet) for piece in pieces):
        group = [piece for piece in pieces if id(piece.sheet) == sheet]
        told = {name: pair for piece in reversed(group) for name, pair in piece.told.items()}
        if "lot_no" not in told or any(piece.column_of("lot_no") for piece in group):
            kept.extend(group)
            continue
        lists = [piece for piece in group if piece.column_of("defect_name") and piece.column_of("minor")]
        form = (lists or group)[0]
        if not lists:
            form.columns = []  # rows of characteristics say nothing of the lot
            form.region.end = min(form.region.first + 1, form.region.end)
        form.is_form = True
        mine = {name for column in form.columns for name in column.fields}
        form.told = {name: pair for name, pair in told.items() if name not in mine}
        kept.append(form)
    return kept


def _missing(piece: Table, kind: Kind, reading: Reading) -> list[tuple[str, ...]]:
    if not piece.is_form and not any(column.fields for column in piece.columns):
        return list(kind.required)  # labels alone make no rows
    filled = piece.filled(reading)
    if piece.is_form and "minor" in filled:
        filled.add("nonconforming")  # added up from the list of defects
    missing = [group for group in kind.required if not filled & set(group)]
    # A period stands in the title as a month at least.
    if piece.year and piece.month:
        missing = [group for group in missing if "period" not in group]
    return missing


def _choose(used: Understood, pieces: list[Table], kind: Kind) -> None:
    """Take the tables that have what the kind needs; ask where one thing is missing; skip the rest."""
    missing = {id(piece): _missing(piece, kind, used.reading) for piece in pieces}
    whole = [piece for piece in pieces if not missing[id(piece)]]
    if whole:
        near = [piece for piece in pieces if len(missing[id(piece)]) == 1 and _alike(piece, whole)]
    else:
        least = min(len(gaps) for gaps in missing.values())
        lacking = [piece for piece in pieces if len(missing[id(piece)]) == least]
        near = [piece for piece in lacking if piece.fingerprint == lacking[0].fingerprint]
    used.tables = _shown(used, [piece for piece in pieces if piece in (*whole, *near)])
    for number, piece in enumerate(used.tables, start=1):
        piece.number = number
    taken = {id(piece.sheet) for piece in used.tables} | {
        id(piece.sheet) for piece in pieces if (piece.sheet.name, "hidden") in used.skipped
    }
    for piece in pieces:
        if id(piece.sheet) not in taken:
            taken.add(id(piece.sheet))
            used.skipped.append((piece.sheet.name, "other_layout"))
    used.questions.extend(_questions(used.tables, missing))


def _shown(used: Understood, tables: list[Table]) -> list[Table]:
    """Leave out hidden sheets, and ask, unless somebody said what to do with them."""
    hidden = [table for table in tables if table.sheet.hidden and table.sheet.name not in used.reading.sheets]
    if not hidden or used.reading.hidden_sheets == "take":
        return tables
    if not used.reading.hidden_sheets:
        names = list(dict.fromkeys(table.sheet.name for table in hidden))
        used.questions.append(Question("hidden_sheets", {"sheets": names}, ["take", "leave"]))
    shown = [table for table in tables if table not in hidden]
    if shown:
        used.skipped.extend((name, "hidden") for name in dict.fromkeys(table.sheet.name for table in hidden))
    return shown or tables  # a file that shows nothing else is at least shown


def _alike(piece: Table, whole: list[Table]) -> bool:
    mine = {key_of(column.header) for column in piece.columns}
    theirs = {key_of(column.header) for column in whole[0].columns}
    return len(mine & theirs) >= 0.6 * len(theirs)


def _questions(tables: list[Table], missing: dict[int, list[tuple[str, ...]]]) -> list[Question]:
    questions: dict[tuple, Question] = {}
    for table in tables:
        for group in missing[id(table)]:
            free = [column.header or column.letter for column in table.columns if not column.fields]
            question = Question("missing", {"fields": list(group)}, free, table.sheet.name)
            questions.setdefault(("missing", table.fingerprint, group), question)
        for column in table.columns:
            if column.confidence == CONFIRM:
                params = {"header": column.header, "guess": column.field, "samples": column.samples}
                question = Question(
                    "column", params, column.options or [column.field], table.sheet.name, column.letter
                )
                questions.setdefault(("column", table.fingerprint, column.header or column.letter), question)
            if column.rivals:
                question = _which_of(column, table)
                questions.setdefault(("which_column", table.fingerprint, column.letter), question)
    return list(questions.values())


def _which_of(column: Column, table: Table) -> Question:
    """Ask which of several columns with one meaning it is; the letters tell apart what the headers do not."""
    rivals = [one for one in table.columns if one.letter in (column.letter, *column.rivals)]
    params = {
        "field": column.field,
        "headers": {f"#{one.letter}": one.header for one in rivals},
        "columns": [one.letter for one in rivals],
    }
    return Question("which_column", params, list(params["headers"]), table.sheet.name, column.letter)


def answer(reading: Reading, question: Question, choice: str) -> Reading:
    """The reading with one answer of a person in it, to be used now and remembered.

    Parameters
    ----------
    reading : Reading
    question : Question
    choice : str
        A field for ``column`` (empty: leave the column out), a header or letter for ``missing``, a
        kind, ``dmy`` or ``mdy``, ``point`` or ``comma``, ``take`` or ``leave``,
        ``blank``, ``zero``, ``text`` or ``mend``, a year.

    Raises
    ------
    ValueError
        If the choice is none of the options, or no year.
    """
    if question.options and choice and choice not in question.options:
        raise ValueError(f"{choice!r} is none of the answers")
    match question.code:
        case "kind":
            told: dict[str, Any] = {"kind": choice}
        case "column":
            told = {"columns": {question.params["header"] or question.column: choice or None}}
        case "which_column":
            told = {
                "columns": {
                    one: question.params["field"] if one == choice else None for one in question.options
                }
            }
        case "missing":
            told = {"columns": {choice: question.params["fields"][0]}}
        case (
            "date_order" | "era" | "encoding" | "decimal" | "hidden_rows" | "hidden_sheets" | "merged_counts"
        ):
            told = {question.code: choice}
        case "no_value":
            words, of = question.params["words"], question.params["of"]
            told = {"no_value": {f"{of}:{word}": choice for word in words}}
        case "year":
            told = {"year": int(choice)}
        case _:
            raise ValueError(f"unknown question {question.code!r}")
    return Reading.from_json(told).over(reading)


def _table_as_json(table: Table) -> dict[str, Any]:
    region, sheet = table.region, table.sheet
    return {
        "number": table.number,
        "sheet": sheet.name,
        "header_rows": [sheet.row_number(row) for row in region.header_rows],
        "first_row": sheet.row_number(region.first),
        "last_row": sheet.row_number(max(region.end - 1, region.first)),
        "year": table.year,
        "month": table.month,
        "fingerprint": table.fingerprint,
        "told": {
            name: {
                "label": told.label,
                "value": str(told.value),
                "cell": sheet.address(told.row, told.column),
            }
            for name, told in table.told.items()
        },
        "columns": [
            {
                "letter": column.letter,
                "header": column.header,
                "fields": column.fields,
                "confidence": column.confidence,
                "options": column.options,
                "unit": column.unit,
                "defect": column.defect,
                "piece": column.piece,
                "characteristic": column.characteristic,
                "samples": column.samples,
            }
            for column in table.columns
        ],
    }


def certain(column: Column) -> bool:
    """Whether nobody needs to look at a column."""
    return column.confidence != CONFIRM and (column.confidence == CERTAIN or not column.fields)


def data_rows(table: Table) -> np.ndarray:
    """Indices of `table.sheet.cells` between the header and the end of a table."""
    return np.arange(table.region.first, table.region.end)
