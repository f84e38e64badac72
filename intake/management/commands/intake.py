"""``intake FILE…``: hand files in, on the same road as the page and the API."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from core import clock
from intake import queries
from intake.management.asking import add_options, asked_by
from intake.models import Upload, UploadState
from intake.services import answer, commit, receive
from suppliers import access
from suppliers.access import Person


class Command(BaseCommand):
    help = (
        "Hand files in and commit them: all rows of a file or none, with --partial the faultless ones."
        " Ends with 0 only if every file was taken as asked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        add_options(parser)
        parser.add_argument(
            "--answer",
            metavar="QUESTION=ANSWER",
            action="append",
            default=[],
            help="answer a question of the file, such as long_ago=yes (may be given more than once)",
        )
        parser.add_argument(
            "--leave-out",
            metavar="SHEET!ROW",
            action="append",
            default=[],
            help="leave a row out that is to be mended (may be given more than once; * for all of them)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document for machines")

    def handle(self, **options: Any) -> None:
        person, asked = asked_by(options)
        with translation.override(person.user.language), access.looking_as(person):
            said = {"answers": _answers(options["answer"]), "left_out": options["leave_out"]}
            uploads = [_take(path, person, asked, said) for path in options["files"]]
            uploads = [
                Upload.objects.get(pk=upload.pk) for upload in uploads
            ]  # a half may have found its other
            told = [_told(path, upload) for path, upload in zip(options["files"], uploads, strict=True)]
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(map(_as_lines, told)))
        failed = [one["file"] for one, upload in zip(told, uploads, strict=True) if not _taken(upload, asked)]
        if failed:
            raise CommandError(f"Not taken: {', '.join(failed)}")


def _answers(told: list[str]) -> dict[str, str]:
    if wrong := [one for one in told if "=" not in one]:
        raise CommandError(f"{wrong[0]}: write QUESTION=ANSWER.")
    return dict(one.rsplit("=", 1) for one in told)


def _take(path: Path, person: Person, asked: receive.Asked, said: dict[str, Any]) -> Upload:
    try:
        content = io.BytesIO(path.read_bytes())
    except OSError as gone:
        raise CommandError(f"{path}: {gone.strerror}") from gone
    try:
        upload = receive.receive_file(
            person=person, content=content, file_name=path.name, asked=asked, now=clock.now(), seconds=None
        )
    except receive.NotYours as stranger:
        raise CommandError(f"{person} may not hand in files there.") from stranger
    for name, told in said.items():  # what is left out may be known only after the answers
        if told and upload.state in {UploadState.UNDERSTOOD, UploadState.WAITING, UploadState.COMMITTED}:
            upload = _told_more(upload, person, asked, {name: told})
    return upload


def _told_more(upload: Upload, person: Person, asked: receive.Asked, said: dict[str, Any]) -> Upload:
    """Say something of a file that was asked, or of rows that are to be mended, and go on as was asked."""
    if "answers" in said:
        open_ones = {question["id"] for question in upload.understanding.get("questions", [])}
        said = {"answers": {name: told for name, told in said["answers"].items() if name in open_ones}}
    if not any(said.values()) or not (upload.open_rows or upload.state == UploadState.WAITING):
        return upload  # it was not asked, and no row waits
    rest: dict[str, Any] = {"upload_id": upload.pk, "person": person, "now": clock.now(), "seconds": None}
    try:
        upload = answer.answer(**said, **rest)
    except answer.NotAnAnswer as unfit:
        raise CommandError(
            f"{unfit.question}: there is no such row to be mended, or no such answer."
        ) from unfit
    if asked.dry_run or upload.state == UploadState.COMMITTED:
        return upload
    return commit.commit(partial=asked.partial, **rest)


def _taken(upload: Upload, asked: receive.Asked) -> bool:
    if asked.dry_run:
        return upload.state in {UploadState.UNDERSTOOD, UploadState.COMMITTED}
    return upload.state == UploadState.COMMITTED and (asked.partial or not upload.open_rows)


def _told(path: Path, upload: Upload) -> dict[str, Any]:
    refusal = queries.refusal_in_words(upload)
    problems = queries.problems_by_row(queries.problems_of(upload))
    if refusal and upload.refusal:
        place: dict[str, Any] = {
            "sheet": "",
            "row": None,
            "column": "",
            "field": "",
            "value": "",
            "count": 1,
            "also": [],
        }
        code = upload.refusal["rule"]
        problems.insert(0, {**place, "code": code, "rule": refusal.rule, "remedy": refusal.remedy})
    return {
        "file": str(path),
        "state": upload.state,
        "kind": upload.kind,
        "counts": queries.counts_of(upload),
        "problems": problems,
        "to_mend": queries.to_mend_of(upload),
        "questions": [queries.question_in_words(one) for one in upload.understanding.get("questions", [])],
        "conflicts": [
            {name: one[name] for name in ("sheet", "row", "code", "text", "choices", "choice")}
            for one in queries.conflicts_of(upload)
        ],
        "upload": upload.pk,
    }


def _as_lines(told: dict[str, Any]) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in told["counts"].items() if count)
    lines = [f"{told['file']}: {told['state']} ({counts or 'nothing read'})"]
    if (to_mend := told["to_mend"])["rows"]:
        lines.append(f"  to mend: rows {to_mend['rows']}, problems {to_mend['problems']}")
    for problem in told["problems"]:
        lines += [_as_line(problem, one) for one in (problem, *problem["also"])]
    undecided = [conflict for conflict in told["conflicts"] if not conflict["choice"]]
    lines += [f"  {one['sheet']}!{one['row']}  {one['text']}" for one in undecided]
    lines += [f"  ? {question['id']}  {question['text']}" for question in told["questions"]]
    return "\n".join(lines)


def _as_line(row: dict[str, Any], problem: dict[str, Any]) -> str:
    place = f"{row['sheet']}!{problem['column']}{row['row']}" if row["row"] else ""
    return f"  {place}  {problem['rule']} {problem['remedy']}".rstrip()
