"""The person's own workbook back, every cell in its place, the wrong ones marked with what to do."""

from collections.abc import Iterator
from typing import Any

from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from intake.models import Problem, Upload, UploadState
from intake.queries.uploads import conflicts_of, problems_of
from intake.queries.words import say
from intake.services import vault
from intake.services.leaving import BROKEN, broken_rows
from intake.services.reading import open_workbook
from intake.services.repaired import marker_for
from intake.tables import repair

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
    """All that is wrong in a file, by row: what is listed of it, then the other rows, which point to a listed one."""
    listed: dict[tuple[str, int], list[Problem]] = {}
    like: dict[tuple[str, str, str], int] = {}
    for one in problems_of(upload):
        if one.row is not None:
            listed.setdefault((one.sheet, one.row), []).append(one)
            like.setdefault((one.sheet, one.rule, one.column), one.row)
    for (sheet, row), problems in listed.items():
        told = [(one.rule, one.column, _in_words(one)) for one in problems]
        yield from _marks_of(sheet, row, told)
    if upload.frame and any(one.count > 1 or one.rows > 1 for of_row in listed.values() for one in of_row):
        for sheet, row, broken in broken_rows(
            vault.frame_at(upload.frame, ["sheet", "row", "status", BROKEN])
        ):
            if (sheet, row) not in listed:
                same = [(rule, column, like.get((sheet, rule, column))) for rule, column in broken]
                told = [(rule, column, _like(other)) for rule, column, other in same if other]
                yield from _marks_of(sheet, row, told)


def _in_words(problem: Problem) -> str:
    return str(say(problem.rule, {"field": problem.field, "value": problem.value} | problem.params))


def _like(row: int) -> str:
    return _("The same as in row %(row)s.") % {"row": row}


def _marks_of(sheet: str, row: int, told: list[tuple[str, str, str]]) -> Iterator[dict[str, Any]]:
    """Mark the cells of a row; where several are wrong, each names the others."""
    cells = list(dict.fromkeys(f"{column}{row}" for _rule, column, _text in told if column))
    for rule, column, text in told:
        others = ", ".join(cell for cell in cells if cell != f"{column}{row}")
        also = f"\n{_('Also to be mended in this row: %(cells)s') % {'cells': others}}" if others else ""
        yield _mark(sheet, row, column, rule, text + also)


def _conflicts(upload: Upload) -> Iterator[dict[str, Any]]:
    for conflict in conflicts_of(upload):
        if not conflict["choice"]:
            yield _mark(conflict["sheet"], conflict["row"], "", conflict["code"], conflict["text"])


def _mark(sheet: str, row: int, column: str, rule: str, text: str) -> dict[str, Any]:
    return {"sheet": sheet, "row": row, "column": column, "rule": rule, "params": {}, "text": text}
