"""How a layout is read: what was remembered, or what a saved mapping says. JSON in and out."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from intake.tables.words import key_of

ROW, SHEET, FILE = "#row", "#sheet", "#file"


@dataclass(frozen=True)
class Join:
    """Columns made into one text; among them may be ``#row``, ``#sheet``, ``#file`` or a text in quotes."""

    columns: tuple[str, ...]
    separator: str = "-"


@dataclass(frozen=True)
class Reading:
    """A saved or remembered reading of a layout.

    A column is named by its header (compared without blanks, brackets and case) or, where there is no
    header, by its letter; ``#C`` names it by its letter even so, where two headers are alike.

    Attributes
    ----------
    columns : dict of str to (str, list of str, or None)
        Column to canonical field; one column may fill several fields; None leaves a column out.
        ``value:NAME`` says that a column holds values of the characteristic NAME.
    kind : str
        Kind of data; empty when the file decides.
    sheets : list of str
        The only sheets to read; empty reads all that fit.
    skip_lines : int
        Lines above the table that are not looked at.
    header : bool
        False where no line of headers stands above the data.
    join : dict of str to Join
        Field to the columns that make it.
    constants : dict of str to str
        Field to the value of every row that has none.
    values : dict of str to dict of str to str
        Field to what its cells stand for (``{"verdict": {"-1": "accepted"}}``).
    leave_out : dict of str to list of str
        Column to values whose rows are not read.
    date_format : str
        A `strptime` format tried first.
    date_order : str
        ``dmy`` or ``mdy`` for 5/3/2025.
    era : str
        ``minguo`` where 115 is the year 2026, ``none`` where it is no year.
    year, month : int or None
        Of dates that tell none.
    units : dict of str to float
        Unit to the pieces it stands for, beside those that are known.
    hidden_rows, hidden_sheets : str
        ``leave`` or ``take`` what was hidden by hand; blank leaves it, and asks.
    no_value : dict of str to str
        What a word for nothing is, by ``values``, ``counts`` or ``numbers`` and the word (``counts:na``):
        ``blank``, ``zero``, ``text`` or ``mend``.
    merged_counts : str
        ``each`` where a number merged over several lots is that of each of them, ``together`` where it is not.
    documents : dict of str to str
        Sort of documents (``void``, ``unaudited``, ``provisional``, ``red``) to ``leave`` or ``take``.
    decimal : str
        ``point`` or ``comma`` of numbers that do not tell which, such as 74,030.
    encoding, delimiter : str
        Of a text file.
    """

    columns: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    sheets: list[str] = field(default_factory=list)
    skip_lines: int = 0
    header: bool = True
    join: dict[str, Join] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    leave_out: dict[str, list[str]] = field(default_factory=dict)
    date_format: str = ""
    date_order: str = ""
    era: str = ""
    year: int | None = None
    month: int | None = None
    units: dict[str, float] = field(default_factory=dict)
    hidden_rows: str = ""
    hidden_sheets: str = ""
    no_value: dict[str, str] = field(default_factory=dict)
    merged_counts: str = ""
    documents: dict[str, str] = field(default_factory=dict)
    decimal: str = ""
    encoding: str = ""
    delimiter: str = ""

    @classmethod
    def from_json(cls, told: dict[str, Any] | None) -> "Reading":
        """A reading as it was stored.

        Raises
        ------
        ValueError
            If a key is unknown or a value has the wrong shape.
        """
        told = dict(told or {})
        unknown = set(told) - {item.name for item in fields(cls)}
        if unknown:
            raise ValueError(f"unknown keys of a mapping: {', '.join(sorted(unknown))}")
        try:
            told["join"] = {
                name: Join(tuple(join["columns"]), join.get("separator", "-"))
                for name, join in dict(told.get("join") or {}).items()
            }
            reading = cls(**told)
            (
                dict(reading.columns),
                dict(reading.constants),
                dict(reading.values),
                dict(reading.leave_out),
                dict(reading.no_value),
                dict(reading.documents),
            )
        except (TypeError, KeyError, AttributeError) as wrong:
            raise ValueError(f"a mapping of a wrong shape: {wrong}") from wrong
        return reading

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads, without what was left at its default."""
        plain = Reading()
        told = {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if getattr(self, item.name) != getattr(plain, item.name)
        }
        if "join" in told:
            told["join"] = {
                name: {"columns": list(join.columns), "separator": join.separator}
                for name, join in self.join.items()
            }
        return told

    def fields_of(self, header: str, letter: str) -> list[str] | None:
        """Fields of a column, [] where it is left out, None where this reading says nothing of it."""
        told = _lookup(self.columns, header, letter)
        if told is _NOTHING:
            return None
        return [] if told is None else [told] if isinstance(told, str) else list(told)

    def left_out_values(self, header: str, letter: str) -> list[str]:
        told = _lookup(self.leave_out, header, letter)
        return [] if told is _NOTHING else [str(value) for value in told]

    def over(self, older: "Reading | None") -> "Reading":
        """This reading, completed by an older one where it says nothing."""
        if older is None:
            return self
        mine, plain = self.as_json(), Reading()
        merged: dict[str, Any] = {}
        for item in fields(self):
            here, there = getattr(self, item.name), getattr(older, item.name)
            if isinstance(here, dict):
                merged[item.name] = {**there, **here}
            else:
                merged[item.name] = here if item.name in mine else there
        return Reading(**{name: value for name, value in merged.items() if value != getattr(plain, name)})


_NOTHING = object()


def _lookup(told: dict[str, Any], header: str, letter: str) -> Any:
    if f"#{letter}" in told:
        return told[f"#{letter}"]
    key = key_of(header)
    for name, value in told.items():
        if name == header or (key and key_of(name) == key) or (not header and name.upper() == letter):
            return value
    return _NOTHING


def as_dict(reading: Reading) -> dict[str, Any]:
    """All of a reading, defaults included, for a page that shows it."""
    return asdict(reading)
