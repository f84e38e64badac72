"""The person's own workbook back, every cell in its place, the wrong ones marked with what to do."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from intake.models import Upload, UploadState
from intake.queries.uploads import conflicts_of, problems_of
from intake.queries.words import say
from intake.services import vault
from intake.services.leaving import TOLD, told_of_rows
from intake.services.reading import open_workbook
from intake.services.repaired import marker_for
from intake.tables import repair

Told = dict[str, Any]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NothingToMend(Exception):
    """A file that was refused, thrown away, or has no cell that waits."""


def repair_workbook(upload: Upload) -> bytes:
    """Return an upload's workbook with the cells to be mended filled, and the remedy in a note of each.

    In the language that is active. What was mended in the page stands in its place already.

    Raises NothingToMend.
    """
    if upload.state == UploadState.REFUSED or upload.bytes_gone_at or not upload.sha256:
        raise NothingToMend
    marks = [*_problems(upload), *_conflicts(upload)]
    if not marks:
        raise NothingToMend
    return repair.repair_workbook(
        open_workbook(upload), marks, lambda mark: mark["text"], marker=marker_for(upload)
    )


def name_of(upload: Upload) -> str:
    stem = upload.file_name.rpartition(".")[0] or upload.file_name
    return f"{stem}-{_('to mend')}.xlsx"


def attachment(name: str) -> str:
    """Return the Content-Disposition of a file to be saved under a name of any script."""
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


def _problems(upload: Upload) -> Iterator[dict[str, Any]]:
    """All that is wrong in a file, by row: what is listed of it, and what was noted on the other rows."""
    listed: dict[tuple[str, int], list[Told]] = {}
    for one in problems_of(upload):
        if one.row is not None:
            told = {"column": one.column, "field": one.field, "rule": one.rule, "value": one.value}
            listed.setdefault((one.sheet, one.row), []).append(told | {"params": one.params})
    for (sheet, row), problems in listed.items():
        yield from _marks_of(sheet, row, problems)
    if upload.problems.filter(Q(count__gt=1) | Q(rows__gt=1)).exists() and upload.frame:
        noted = vault.frame_at(upload.frame, ["sheet", "row", "status", TOLD])
        for sheet, row, problems in told_of_rows(noted):
            if (sheet, row) not in listed:
                yield from _marks_of(sheet, row, problems)


def _marks_of(sheet: str, row: int, problems: list[Told]) -> Iterator[dict[str, Any]]:
    """Mark the cells of a row; where several are wrong, each names the others."""
    cells = list(dict.fromkeys(f"{one['column']}{row}" for one in problems if one["column"]))
    for one in problems:
        text = str(say(one["rule"], {"field": one["field"], "value": one["value"]} | one["params"]))
        if others := [cell for cell in cells if cell != f"{one['column']}{row}"]:
            text = f"{text}\n{_('Also to be mended in this row: %(cells)s') % {'cells': ', '.join(others)}}"
        yield _mark(sheet, row, one["column"], one["rule"], text)


def _conflicts(upload: Upload) -> Iterator[dict[str, Any]]:
    for conflict in conflicts_of(upload):
        if not conflict["choice"]:
            yield _mark(conflict["sheet"], conflict["row"], "", conflict["code"], conflict["text"])


def _mark(sheet: str, row: int, column: str, rule: str, text: str) -> dict[str, Any]:
    return {"sheet": sheet, "row": row, "column": column, "rule": rule, "params": {}, "text": text}
