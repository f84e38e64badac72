"""Rows that a person leaves out because they cannot be mended: who did, when and why, until taken in again.

A row is known by its sheet, its number and what its cells say. One that was mended since, or another one that
stands in its place in a marked workbook that came back, is asked for anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
from django.db.models import F

from intake.models import Upload
from intake.readers.workbook import Workbook
from intake.services import vault
from intake.services.routing import WRONG
from intake.tables.problems import as_written
from suppliers.access import Person

LEFT_OUT = "left_out_by_hand"  # status of such a row, and its count
ALL = "*"  # in place of SHEET!ROW
ANY = ""  # in place of a field
BROKEN, DIGEST = "broken", "digest"

Entry = dict[str, Any]  # by, at, why (rule, params), count, rows (by sheet: row to digest), taken_in (by, at)


class NoSuchRow(ValueError):
    """A place that has no row to be mended, or rows that were not left out."""


class NotNoted(Exception):
    """The checked rows of a file do not tell what is wrong with each: it is to be understood anew first."""


# -- as a file is understood ------------------------------------------------------------------------
def labels_left_out(rows: pd.DataFrame, book: Workbook, entries: Iterable[Entry]) -> pd.Index:
    """Return the labels of rows that somebody left out and that still say what they said then."""
    alone = len(book.sheets) == 1  # the marked workbook of a text file names its only sheet
    told = {
        ("" if alone else sheet, int(row)): digest
        for entry in entries
        if "taken_in" not in entry
        for sheet, own in entry["rows"].items()
        for row, digest in own.items()
    }
    near = rows.loc[rows["row"].isin({row for _sheet, row in told}), ["sheet", "row"]]
    places = [(str(sheet), int(row)) for sheet, row in near.itertuples(index=False)]
    digests = dict(_digests(book, set(places)))
    same = [
        told.get(("" if alone else place[0], place[1])) == digests.get(place, "") != "" for place in places
    ]
    return near.index[same]


def with_left_out(checked: pd.DataFrame, aside: pd.DataFrame) -> pd.DataFrame:
    """Return checked rows with those that were left out, which go no further."""
    if aside.empty:
        return checked
    unplaced = {"partnership_id": pd.NA, "part_id": pd.NA}
    words = {"why": "", "creates": "", "status": LEFT_OUT}
    aside = aside.assign(**unplaced, **words).astype(
        dict.fromkeys(unplaced, "Int64") | dict.fromkeys(words, "str")
    )
    return pd.concat([checked, aside[[name for name in aside if name in checked]]])


def note_wrong(rows: pd.DataFrame, found: pd.DataFrame, book: Workbook) -> None:
    """Note on each wrong row what it breaks, for the marked workbook, and what its cells say, to leave it out by.

    Parameters
    ----------
    found : DataFrame
        All problems, as the person sees them: `sheet`, `row`, `column`, `field`, `rule`.
    """
    broken = _broken(found)
    wrong = rows.loc[rows["status"] == WRONG, ["sheet", "row"]]
    places = [(str(sheet), int(row)) for sheet, row in wrong.itertuples(index=False)]
    digests = dict(_digests(book, set(places)))
    rows[BROKEN] = rows[DIGEST] = pd.Series(pd.NA, index=rows.index, dtype="str")
    rows.loc[wrong.index, BROKEN] = [broken.get(place, "") for place in places]
    rows.loc[wrong.index, DIGEST] = [digests.get(place, "") for place in places]


def _broken(found: pd.DataFrame) -> dict[tuple[str, int], str]:
    """By sheet and row its rules, each on a line with column and field."""
    if found.empty:
        return {}
    told = found[["sheet", "row"]].astype({"sheet": "str"})
    told["line"] = found["rule"] + "\t" + found["column"] + "\t" + found["field"]
    told = told.drop_duplicates().sort_values(["sheet", "row", "line"], ignore_index=True)
    first = np.flatnonzero(~told.duplicated(["sheet", "row"]))
    lines = told["line"].tolist()
    ends = [*first[1:].tolist(), len(lines)]
    places = told.loc[first, ["sheet", "row"]].itertuples(index=False, name=None)
    return {
        place: "\n".join(lines[start:end])
        for place, start, end in zip(places, first.tolist(), ends, strict=True)
    }


def broken_rows(rows: pd.DataFrame) -> Iterator[tuple[str, int, list[tuple[str, str]]]]:
    """Sheet and row of each wrong row, with rule and column of all that it breaks, as they were noted."""
    if BROKEN not in rows:
        return
    wrong = rows.loc[rows["status"] == WRONG, ["sheet", "row", BROKEN]].drop_duplicates(["sheet", "row"])
    for sheet, row, broken in wrong.itertuples(index=False):
        told = [line.split("\t") for line in str(broken).splitlines()]
        yield str(sheet), int(row), [(rule, column) for rule, column, _field in told]


def _digests(book: Workbook, places: set[tuple[str, int]]) -> Iterator[tuple[tuple[str, int], str]]:
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for name, row in places:
        sheet = sheets.get(name)
        at = row - 1 - sheet.first_row if sheet else -1
        if sheet is not None and 0 <= at < len(sheet.cells):
            said = "\x1f".join(map(as_written, sheet.cells[at])).rstrip("\x1f")  # a table may be widened
            yield (name, row), blake2b(said.encode(errors="replace"), digest_size=6).hexdigest()


# -- as a person says it ----------------------------------------------------------------------------
def leave_out(
    upload: Upload,
    known: Sequence[Entry],
    person: Person,
    now: datetime,
    *,
    places: Iterable[str] = (),
    alike: Iterable[Mapping[str, str]] = (),
) -> list[Entry]:
    """Return what is left out of an upload, with more of its rows that are to be mended.

    An entry for the places and one for each problem, with its own reason; a row is in one of them alone.

    Parameters
    ----------
    places : iterable of str
        SHEET!ROW of each row, `*` for all that are to be mended.
    alike : iterable of mapping
        `sheet`, `code` and `column` of a problem: all rows that have it. `field`, where given, must fit too.

    Raises NoSuchRow, and NotNoted if the file was understood before rows could be left out.
    """
    open_rows = _rows_to_mend(upload)
    chosen: list[tuple[pd.DataFrame, Mapping[str, str] | None]] = []
    if places := list(places):
        chosen.append((_at(open_rows, places), None))
    chosen += [(_like(open_rows, one), one) for one in alike]
    if all(rows.empty for rows, _what in chosen):
        what = chosen[-1][1] if chosen else None
        raise NoSuchRow(what["code"] if what else ALL)
    entries = list(known)
    taken = open_rows.index[:0]
    for rows, what in chosen:
        if not (fresh := rows.drop(index=taken, errors="ignore")).empty:
            entries.append(_entry(upload, fresh, person, now, what))
            taken = taken.union(fresh.index)
    return entries


def take_in(known: Sequence[Entry], numbers: Iterable[int], person: Person, now: datetime) -> list[Entry]:
    """Return what is left out once the entries of these positions are not.

    Raises NoSuchRow.
    """
    entries = [dict(entry) for entry in known]
    for number in numbers:
        if not 0 <= number < len(entries) or "taken_in" in entries[number]:
            raise NoSuchRow(str(number))
        entries[number] |= {"rows": {}, "taken_in": {"by": person.pk, "at": now.isoformat()}}
    return entries


def _rows_to_mend(upload: Upload) -> pd.DataFrame:
    columns = ["sheet", "row", "status", BROKEN, DIGEST]
    if not upload.frame:
        raise NoSuchRow(ALL)
    rows = vault.frame_at(upload.frame, columns)
    if BROKEN not in rows:
        raise NotNoted
    return rows[rows["status"] == WRONG].drop_duplicates(["sheet", "row"])


def _at(rows: pd.DataFrame, places: Sequence[str]) -> pd.DataFrame:
    if ALL in places:
        return rows
    named = rows["sheet"].astype("str") + "!" + rows["row"].astype("str")
    if missing := set(places) - set(named):
        raise NoSuchRow(min(missing))
    return rows[named.isin(set(places))]


def _like(rows: pd.DataFrame, one: Mapping[str, str]) -> pd.DataFrame:
    what, field = [one["code"], one["column"]], one.get("field", ANY)

    def fits(broken: str) -> bool:
        told = [line.split("\t") for line in broken.splitlines()]
        return any([rule, column] == what and field in (ANY, of_field) for rule, column, of_field in told)

    here = rows["sheet"].astype("str") == one["sheet"]
    return rows[here & rows[BROKEN].astype("str").map(fits).astype(bool)]


def _entry(
    upload: Upload,
    rows: pd.DataFrame,
    person: Person,
    now: datetime,
    what: Mapping[str, str] | None = None,
) -> Entry:
    own: dict[str, dict[str, str]] = {}
    for sheet, row, digest in rows[["sheet", "row", DIGEST]].itertuples(index=False):
        own.setdefault(str(sheet), {})[str(row)] = digest
    return {
        "by": person.pk,
        "at": now.isoformat(),
        "why": _why(upload, rows, what),
        "count": len(rows),
        "rows": own,
    }


def _why(upload: Upload, rows: pd.DataFrame, what: Mapping[str, str] | None) -> dict[str, Any]:
    """Rule and parameters of the problem for which rows are left out: of places, that of the first row."""
    problems = upload.problems.filter(settled_at=None).order_by("row", "pk")
    if what is not None:
        same = problems.filter(rule=what["code"], column=what["column"], sheet=what["sheet"])
        found = same.filter(field=what.get("field") or F("field")).first()
    else:
        first = rows.iloc[0]
        found = problems.filter(sheet=first["sheet"], row=int(first["row"])).first()
    if found is None:
        return {}
    return {"rule": found.rule, "params": {"field": found.field, "value": found.value} | found.params}
