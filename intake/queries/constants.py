"""What may be said once for all rows of a file: the value of a field that no column of it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from intake.models import Upload
from intake.queries.words_of_fields import field_name
from intake.tables.kinds import KINDS


@dataclass(frozen=True, slots=True)
class ForAll:
    """A box for the value that a field has in every row, and the columns that may hold the field instead.

    Attributes
    ----------
    id : str
        Of the remedy that the box answers.
    text : str
        What is typed there.
    columns : list of (str, str)
        Letter, and letter with header; those that fill nothing yet come first.
    table : int
        Number of the table that the columns are of.
    """

    id: str
    field: str
    text: str
    value: str
    columns: list[tuple[str, str]]
    table: int


def fields_without_column(told: Mapping[str, Any], kind: str) -> set[str]:
    """Return the fields of a kind that a table of an understood file has neither a column nor a label for.

    A field that a saved mapping joins from several columns has its cells there.
    """
    if kind not in KINDS:
        return set()
    names = {field.name for field in KINDS[kind].fields} - set(told.get("reading", {}).get("join", {}))
    return {name for table in told.get("tables", []) for name in names - _held(table)}


def _held(table: Mapping[str, Any]) -> set[str]:
    own = {name for column in table["columns"] for name in column["fields"]}
    by_header = {"characteristic"} if any(column["characteristic"] for column in table["columns"]) else set()
    return own | by_header | set(table["told"])


def for_all(upload: Upload, field: str, sheet: str = "") -> ForAll | None:
    """Return the box for a field, or None where rows have cells of their own for it."""
    if field not in fields_without_column(upload.understanding, upload.kind):
        return None
    lacking = [one for one in upload.understanding["tables"] if field not in _held(one)]
    table = next((one for one in lacking if one["sheet"] == sheet), lacking[0])
    columns = sorted(table["columns"], key=lambda column: bool(column["fields"]))
    return ForAll(
        id=f"f{field}",
        field=field,
        text=_text(field, _rows(upload)),
        value=upload.understanding.get("reading", {}).get("constants", {}).get(field, ""),
        columns=[(one["letter"], f"{one['letter']} {one['header']}".strip()) for one in columns],
        table=table["number"],
    )


def constants_told(upload: Upload) -> list[ForAll]:
    """Return the boxes of what was said for all rows, to be seen and corrected."""
    constants = upload.understanding.get("reading", {}).get("constants", {})
    return [box for name in constants if (box := for_all(upload, name))]


def _rows(upload: Upload) -> int:
    spans = (one["last_row"] - one["first_row"] + 1 for one in upload.understanding["tables"])
    return upload.counts.get("read") or sum(spans)


def _text(field: str, rows: int) -> str:
    if field == "part_no":
        return ngettext("The %(n)s row is this part", "All %(n)s rows are this part", rows) % {"n": rows}
    told = {"n": rows, "field": field_name(field)}
    return ngettext("%(field)s of the %(n)s row", "%(field)s of all %(n)s rows", rows) % told
