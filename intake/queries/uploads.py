"""Reads of uploads: the sending organisation's own, whatever is asked."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, Window
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.scope import current
from core.text import number_or_none
from intake.models import Commit, Problem, Upload, UploadState
from intake.queries.constants import fields_without_column
from intake.queries.words import Said, say
from intake.queries.words_of_fields import field_name
from suppliers.access import Person
from suppliers.queries.partners import Partner, characteristic_labels, part_labels, partners

LONGEST_CONSTANT = 500
YEAR = re.compile("(19|20)[0-9]{2}")
PARTS_OF_READ = ("new", "same", "changed", "conflicting", "wrong", "elsewhere", "left_out_by_hand")
PLACES_TOLD = 100


def uploads_to_list() -> QuerySet[Upload]:
    """Return the uploads of the organisation that looks, the latest first."""
    return Upload.objects.select_related(
        "sent_by__user", "sent_by__organisation", "partnership", "repairs"
    ).order_by("-pk")


def uploads_that_wait() -> QuerySet[Upload]:
    """Return those of the organisation's uploads that wait for one of its people, the latest first."""
    waiting = Q(state__in=[UploadState.WAITING, UploadState.UNDERSTOOD]) | Q(open_rows__gt=0)
    return uploads_to_list().filter(waiting, identical_to=None).exclude(state=UploadState.UNDONE)


def upload_or_none(upload_id: int) -> Upload | None:
    return uploads_to_list().filter(pk=upload_id).first()


def problems_of(upload: Upload) -> QuerySet[Problem]:
    """Return what is wrong in a file, in the order of its rows: the first hundred of each rule and column.

    With what else is wrong in the same rows.
    """
    return upload.problems.filter(settled_at=None).order_by("sheet", "row", "pk")


def problems_by_row(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return the rows with problems, in words: the first problem of each, the others in `also`."""
    rows: dict[tuple[str, int | None], list[Problem]] = {}
    for problem in problems:
        rows.setdefault((problem.sheet, problem.row), []).append(problem)
    return [row_in_words(*of_row) for of_row in rows.values()]


def rows_with_problems(upload: Upload) -> QuerySet[Problem]:
    """Return the first problem of each row that has any, in the order of the file."""
    return problems_of(upload).filter(rows__gt=0)


def in_rows_of(upload: Upload, first: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return the rows of some first problems with all that is wrong in each, in words."""
    places = {(problem.sheet, problem.row) for problem in first}
    near = problems_of(upload).filter(row__in={row for _sheet, row in places})
    return problems_by_row(problem for problem in near if (problem.sheet, problem.row) in places)


def to_mend_of(upload: Upload) -> dict[str, int]:
    """Return how many rows of a file have problems, and how many problems they have."""
    told = problems_of(upload).aggregate(rows=Sum("rows"), problems=Sum("count"))
    return {name: int(number or 0) for name, number in told.items()}


def counts_of(upload: Upload) -> dict[str, int]:
    """Return the counts of an upload: `read` is the sum of `PARTS_OF_READ`; `gone`, `left_out` beside it.

    `gone` counts rows of an earlier statement that this one, which replaces it, no longer has.
    """
    names = ("read", *PARTS_OF_READ, "gone", "left_out")
    return {name: int(upload.counts.get(name, 0)) for name in names}


def row_in_words(first: Problem, *also: Problem) -> dict[str, Any]:
    """Return a row with problems as command and API show it, in the reader's language.

    `count` is that of rows: it and those that are not listed and begin with the same problem.
    """
    return {
        "sheet": first.sheet,
        "row": first.row,
        **_problem_in_words(first),
        "count": first.rows,
        "also": [_problem_in_words(problem) for problem in also],
    }


def _problem_in_words(problem: Problem) -> dict[str, Any]:
    said = say(problem.rule, {"field": problem.field, "value": problem.value} | problem.params)
    return {
        "column": problem.column,
        "field": field_name(problem.field) if problem.field else "",
        "value": problem.value,
        "code": problem.rule,
        "rule": said.rule,
        "remedy": said.remedy,
    }


def left_out_of(upload: Upload) -> list[dict[str, Any]]:
    """Return what people left out of a file, the rows of each time together.

    `number` (by which they are taken in again), `rows` (int), `places` (SHEET!ROW, the first hundred), `code`
    and `why` (of the first problem, in words), `by` (str), `at` (datetime).
    """
    standing = [
        (number, entry)
        for number, entry in enumerate(upload.answers.get("left_out", []))
        if "taken_in" not in entry
    ]
    people = Person.objects.filter(pk__in={entry["by"] for _number, entry in standing}) if standing else []
    names = {person.pk: str(person.user) for person in people}
    return [
        {
            "number": number,
            "rows": entry["count"],
            "places": _places_of(entry),
            "code": entry["why"].get("rule", ""),
            "why": say(entry["why"]["rule"], entry["why"]["params"]).rule if entry["why"] else "",
            "by": names.get(entry["by"], ""),
            "at": datetime.fromisoformat(entry["at"]),
        }
        for number, entry in standing
    ]


def _places_of(entry: Mapping[str, Any]) -> list[str]:
    named = [(sheet, int(row)) for sheet, rows in entry["rows"].items() for row in rows]
    return [f"{sheet}!{row}" for sheet, row in sorted(named)[:PLACES_TOLD]]


def conflicts_of(upload: Upload) -> list[dict[str, Any]]:
    """Return the first hundred rows that say something else than what is stored, with what is stored.

    Beside it `code` and `text` (what it is, in words) and `choices`: what the other side sent of itself can
    only be kept.
    """
    return [
        _with_words(conflict | {"stored": json.loads(conflict["stored"] or "null")})
        for conflict in upload.understanding.get("conflicts", [])
    ]


def _with_words(conflict: dict[str, Any]) -> dict[str, Any]:
    told = {name.replace("_quantity", "_qty"): value for name, value in (conflict["stored"] or {}).items()}
    held = ", ".join(f"{field_name(name)} {value}" for name, value in told.items())
    theirs = conflict.get("theirs", False)
    code = "sent_by_other_side" if theirs else "contradicts_stored"
    choices = ["keep"] if theirs else ["keep", "replace"]
    return conflict | {"code": code, "text": str(say(code, {"held": held})), "choices": choices}


def documents_of(upload: Upload) -> list[dict[str, Any]]:
    """Return the documents of a file that may not count, by sort.

    `sort` (void, unaudited, provisional, red), `word` (in the reader's language), `rows` (int), `rule` (leave or
    take), `places` (SHEET!ROW, the first hundred).
    """
    words = {
        "void": gettext("Void"),
        "unaudited": gettext("Not audited"),
        "provisional": gettext("Provisional"),
        "red": gettext("Red (returns and reversals)"),
    }
    told = upload.understanding.get("documents", {})
    return [
        {
            "sort": sort,
            "word": word,
            "rows": told[sort]["rows"],
            "rule": told[sort]["rule"],
            "places": [f"{sheet}!{row}" for sheet, row in told[sort]["places"]],
        }
        for sort, word in words.items()
        if sort in told
    ]


def gone_of(upload: Upload) -> list[dict[str, Any]]:
    """Return the first hundred rows of the earlier statement that this one does not have.

    `part` and `location` (str), `day` (ISO), `quantity` (int or None).
    """
    told = upload.understanding.get("statement", {})
    return list(told.get("rows", [])) if told.get("gone") else []


def refusal_in_words(upload: Upload) -> Said | None:
    """Return why a file was refused, or could not be taken back; else None."""
    return why_not(upload.refusal["rule"], upload.refusal["params"]) if upload.refusal else None


def why_not(rule: str, params: Mapping[str, Any]) -> Said:
    """Put a refusal into words, with the names of the files that it hangs on as far as they are the reader's own."""
    later = Commit.objects.filter(pk__in=params.get("commits", [])).order_by("-pk")
    names = dict.fromkeys(later.values_list("upload__file_name", flat=True)) if "commits" in params else ()
    return say(rule, {**params, "names": ", ".join(names)})


def notes_in_words(upload: Upload) -> list[dict[str, Any]]:
    """Return what a file says that does not add up, without holding up a row."""
    return [
        {"sheet": note["sheet"], "row": note["row"], "column": note["column"], "code": note["rule"]}
        | asdict(say(note["rule"], {"field": note["field"], "value": note["value"]} | note["params"]))
        for note in upload.understanding.get("notes", [])
    ]


def question_in_words(question: dict[str, Any]) -> dict[str, Any]:
    """Return a question as page, command and API show it: its options with what each is called."""
    rule = "missing_column" if question["kind"] == "missing" else question["kind"]
    said = say(rule, question["params"])
    return {
        "id": question["id"],
        "kind": question["kind"],
        "text": str(said),
        "rows": question["rows"],
        "options": [
            *({"value": option, "label": label} for option, label in _labelled(question)),
            *([{"value": "create", "label": gettext("Add it")}] if question.get("creatable") else []),
            *([{"value": "elsewhere", "label": gettext("Leave these rows out")}] if question["rows"] else []),
            *(
                [{"value": "", "label": gettext("Leave the column out")}]
                if question["kind"] == "column"
                else []
            ),
        ],
    }


def _fits(question: dict[str, Any], value: str) -> bool:
    """Whether a person may answer so."""
    if question["kind"] == "year":
        return bool(YEAR.fullmatch(value))
    return value in {str(one["value"]) for one in question_in_words(question)["options"]}


# Answers that are the same for every file.
FIXED: dict[str, dict[str, Any]] = {
    "side": {"supplier": _("What we supply"), "customer": _("What we are supplied")},
    "long_ago": {"yes": _("Yes, it is right"), "no": _("No, they are to be mended")},
    "date_order": {"dmy": _("The day comes first"), "mdy": _("The month comes first")},
    "era": {
        "minguo": _("Years of the Republic of China: 115 is 2026"),
        "none": _("No: the cells are to be mended"),
    },
    "decimal": {"point": _("A point, as in 1.5"), "comma": _("A comma, as in 1,5")},
    "hidden_rows": {"take": _("Read them, too"), "leave": _("Leave them out")},
    "hidden_sheets": {"take": _("Read them, too"), "leave": _("Leave them out")},
    "statement": {"replace": _("Replace the earlier one"), "add": _("Only add what is new")},
    "lost_zeros": {"yes": _("Yes, put the zeros back"), "no": _("No, other parts are meant")},
    "cut_off": {"whole": _("It is whole"), "cut": _("It was cut off")},
    "merged_counts": {
        "each": _("That of each of them"),
        "together": _("That of all together: the cells are to be mended"),
    },
    "no_value": {
        "blank": _("There is no value"),
        "zero": _("It is zero"),
        "text": _("It is the number itself"),
        "mend": _("The cells are to be mended"),
    },
}


def _labelled(question: dict[str, Any]) -> list[tuple[Any, str]]:
    options = question["options"]
    kind = question["id"].partition(":")[0]
    names: dict[Any, Any] = FIXED.get(kind, {})
    if kind == "who":
        names = {end: name for one in _all_partners() for end, name in _ends(one)}
    elif kind == "route":
        names = {
            one.partnership_id: f"{one.customer_shown} / {one.supplier_shown}" for one in _all_partners()
        }
    elif kind == "part":
        names = part_labels(options)
    elif kind == "characteristic":
        names = characteristic_labels(options)
    elif kind == "encoding":
        params = question["params"]
        names = {"big5": f"Big5: {params['in_big5']}", "gb18030": f"GB18030: {params['as_read']}"}
    elif kind == "which_column":
        names = {one: f"{one[1:]} {header}" for one, header in question["params"]["headers"].items()}
    elif not names:
        names = {option: field_name(option) for option in options}
    return [(option, str(names.get(option, option))) for option in options]


def _all_partners() -> list[Partner]:
    open_to = current().partnerships
    return [] if isinstance(open_to, str) else partners(open_to)


def _ends(one: Partner) -> list[tuple[int, str]]:
    return [(one.customer_id, one.customer_shown), (one.supplier_id, one.supplier_shown)]


@dataclass(frozen=True, slots=True)
class WaitingUpload:
    """A file that waits for one of its sender's people."""

    pk: int
    file_name: str
    to_mend: int  # rows; none: it waits for an answer or only to be saved
    asks: bool  # whether something of it is to be answered or mended before all is clear
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingUploads:
    """The latest files that wait, and of all that wait how many do so for what."""

    latest: Sequence[WaitingUpload] = ()
    files: int = 0
    mending: int = 0  # files with rows to mend
    rows: int = 0  # to mend
    asking: int = 0  # files with a question alone

    @property
    def more(self) -> int:
        """How many wait beside the latest."""
        return self.files - len(self.latest)


def waiting_uploads(limit: int = 5) -> WaitingUploads:
    """Return the latest uploads that wait, for a worklist, and the counts of all: one query."""
    asks = Q(state=UploadState.WAITING)
    found = list(
        uploads_that_wait()
        .annotate(
            files=Window(Count("pk")),
            mending=Window(Count("pk", filter=Q(open_rows__gt=0))),
            rows=Window(Sum("open_rows")),
            asking=Window(Count("pk", filter=asks & Q(open_rows=0))),
        )
        .values_list(
            "pk", "file_name", "open_rows", "state", "created_at", "files", "mending", "rows", "asking"
        )[:limit]
    )
    if not found:
        return WaitingUploads()
    latest = [
        WaitingUpload(pk, file_name, to_mend, state == UploadState.WAITING, created_at)
        for pk, file_name, to_mend, state, created_at, *_counts in found
    ]
    return WaitingUploads(latest, *found[0][5:])


def what_a_remedy_says(upload: Upload, remedy: str, value: str) -> dict[str, Any] | None:
    """Return what a remedy of the page means to `services.answer`, or None if there is no such remedy."""
    kind, number = remedy[:1], number_or_none(remedy[1:])
    if kind == "d":
        fits = remedy[1:] in upload.understanding.get("documents", {}) and value in ("leave", "take")
        return {"documents": {remedy[1:]: value}} if fits else None
    if kind == "f":
        return _for_all_rows(upload, remedy[1:], value)
    if number is None or "\x00" in value:
        return None
    if kind == "c":
        conflicts = upload.understanding.get("conflicts", [])
        if number >= len(conflicts) or value not in ("keep", "replace"):
            return None
        conflict = conflicts[number]
        return {"choices": {f"{conflict['sheet']}!{conflict['row']}": value}}
    questions = upload.understanding.get("questions", [])
    if kind == "q":
        question = questions[number] if number < len(questions) else None
        return {"answers": {question["id"]: value}} if question and _fits(question, value) else None
    problem = upload.problems.filter(pk=number).first() if kind == "p" else None
    if problem is None:
        return None
    asked = problem.params.get("question", "")
    question = next((one for one in questions if one["id"] == asked), None)
    if question and _fits(question, value):
        return {"answers": {asked: value}}
    if not problem.column:
        return None  # there is no cell to put a value in
    cell = {"sheet": problem.sheet, "row": problem.row, "column": problem.column, "value": value}
    return {"cells": [cell]}


def rows_of_problems(upload: Upload, remedies: list[str], *, alike: bool) -> dict[str, Any] | None:
    """Return what leaving out the rows of some problems of the page means to `services.answer`, or None.

    With `alike` all rows that have such problems, as a group of the page stands for.
    """
    numbers = [number_or_none(one[1:]) for one in remedies if one[:1] == "p"]
    problems = list(
        upload.problems.filter(pk__in=[pk for pk in numbers if pk is not None], row__isnull=False)
    )
    if not problems or len(problems) != len(remedies):
        return None
    if not alike:
        return {"left_out": [f"{one.sheet}!{one.row}" for one in problems]}
    return {
        "left_out_alike": [
            {"sheet": one.sheet, "code": one.rule, "column": one.column, "field": one.field}
            for one in problems
        ]
    }


def _for_all_rows(upload: Upload, field: str, value: str) -> dict[str, Any] | None:
    """Return the value of a field that no column holds, said for all rows."""
    fits = field in fields_without_column(upload.understanding, upload.kind)
    said = value.strip()
    return {"constants": {field: said}} if fits and said and len(said) <= LONGEST_CONSTANT else None
