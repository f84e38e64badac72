"""Understand an upload: read it, check its rows, say what is new, what is wrong and what is to be asked."""

from copy import copy
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
from django.db import transaction

from core.lease import Lease
from intake.models import Kind, Phase, Problem, Upload, UploadState
from intake.queries.groups import rows_to_mend, things_to_mend
from intake.readers.refusals import Refused
from intake.services import cut_off, long_ago, lost_zeros, pairs, repaired, statements, vault, whole_file
from intake.services.checking import Checked, Context, check, context_of, side_by_rows, side_of
from intake.services.choices import choices_of, open_rows_of, taking_new
from intake.services.comparing import compare, take_for_new
from intake.services.deadline import Deadline
from intake.services.grid import grids_of
from intake.services.ground import CUSTOMER, KEPT_BY, SUPPLIER
from intake.services.leaving import LEFT_OUT, labels_left_out, note_wrong, with_left_out
from intake.services.listing import KEPT, listed
from intake.services.nouns import NOUNS
from intake.services.reading import ReadFile, open_workbook, read_file
from intake.services.routing import ELSEWHERE
from intake.tables.problems import NOTE
from intake.tables.typed import Typed
from intake.tables.understand import OF_LAYOUT
from suppliers.access import Person
from suppliers.queries.partners import both_sides, partners

STATUSES = ("new", "same", "changed", "conflicting", "wrong", "elsewhere", LEFT_OUT)
KEPT_NOTES = 20
# Questions about the sheet as a whole: no row is taken before they are answered.
BLOCKING = {*OF_LAYOUT - {"year"}, "side", long_ago.ALL, long_ago.SOME, statements.GONE, lost_zeros.QUESTION}


@dataclass(slots=True)
class Findings:
    """What is written on the upload."""

    understanding: dict[str, Any]
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows: pd.DataFrame | None = None
    questions: list[dict[str, Any]] = field(default_factory=list)
    kind: str = ""
    stage: str = ""
    taken_up: dict[str, Any] = field(default_factory=dict)  # what a file that mends another one took on


def understand(*, lease: Lease, upload: Upload, now: datetime, deadline: Deadline) -> None:
    """Understand an upload that was received, and settle it: understood, waiting, committing or refused."""
    try:
        found = _look(lease, upload, now, deadline)
    except Refused as refused:
        if pairs.is_half(upload, refused.rule):
            if pairs.join(lease=lease, upload=upload, now=now):
                understand(lease=lease, upload=upload, now=now, deadline=deadline)
            return
        if cut_off.asks(upload, refused):
            told = {"tables": [], "questions": [cut_off.question_about(refused)], "to_mend": 1}
            _settle(lease, upload, state=UploadState.WAITING, understanding=told, refusal=None, planned=None)
            return
        refusal = {"rule": refused.rule, "params": refused.params}
        _settle(lease, upload, state=UploadState.REFUSED, refusal=refusal, finished_at=now, planned=None)
        return
    frame = vault.keep_frame(upload.pk, found.rows) if found.rows is not None else ""
    with transaction.atomic():
        upload.problems.all().delete()
        Problem.objects.bulk_create(found.problems, batch_size=500)
        _settle(
            lease,
            upload,
            frame=frame,
            kind=found.kind or upload.kind,
            stage=found.stage or upload.stage,
            understanding=found.understanding
            | {
                "to_mend": things_to_mend(found.understanding, found.kind, found.problems),
                "rows_to_mend": rows_to_mend(found.understanding, found.problems),
            },
            counts=found.counts,
            refusal=None,
            **found.taken_up,
            **_next_state(upload, found, now),
        )
    vault.forget_frame(upload.frame)


def _settle(lease: Lease, upload: Upload, **columns: Any) -> None:
    lease.settle(**columns, crashes=0)


def _look(lease: Lease, upload: Upload, now: datetime, deadline: Deadline) -> Findings:
    lease.note(phase=Phase.READING, progress_done=0, progress_total=0)
    upload, file = _read(upload)
    deadline.check()
    found = _look_into(file, lease, upload, now, deadline)
    found.taken_up = repaired.columns_of(upload)
    return found


def _read(upload: Upload) -> tuple[Upload, ReadFile]:
    """Read the file; where it mends an earlier one, with all that was told of that."""
    book = open_workbook(upload)
    original = repaired.original_of(upload, book)
    if original is not None:
        continuing = repaired.continuing(upload, original)
        file = read_file(continuing, book)
        if file.typed is None or repaired.holds_rows_of(original, file.typed.frame):
            return continuing, file
    on_its_own = copy(upload)
    on_its_own.repairs = None
    return on_its_own, read_file(on_its_own, book)


def _look_into(file: ReadFile, lease: Lease, upload: Upload, now: datetime, deadline: Deadline) -> Findings:
    kind = file.understood.kind
    told = file.understood.as_json()
    asked = file.understood.questions if file.typed is None else file.typed.questions
    questions = [_of_layout(question.as_json()) for question in asked]
    if file.typed is None:
        if not questions:
            raise Refused("nothing_read")
        told["grids"] = grids_of(file)
        return Findings(told | {"questions": questions}, questions=questions)
    lease.note(phase=Phase.CHECKING, progress_total=len(file.typed.frame))
    side = (
        upload.answers.get("side")
        or side_of(upload.sent_by, kind, upload.stage, upload.partnership_id)
        or side_by_rows(upload.sent_by, file.typed.frame)
    )
    if not side:
        questions.append(whole_file.question("side", [SUPPLIER, CUSTOMER]))
        return Findings(told | {"questions": questions}, questions=questions, kind=kind)
    stage = _stage_of(upload, kind, side)
    _refuse_what_is_not_theirs(upload, kind, stage, side)
    told["side"] = side
    upload.kind, upload.stage, upload.understanding = kind, stage, told
    context = context_of(upload, upload.sent_by, now, answers=file.answers)
    old = long_ago.rows_long_ago(kind, file.typed.frame, now)
    said_of_old = upload.answers.get(long_ago.QUESTION, "")
    checked = _checked(file, file.typed.frame, context)
    deadline.check()
    in_question = len(old) > 0 and said_of_old != long_ago.YES
    first = questions + [question for question in checked.questions if question["kind"] in BLOCKING]
    told["compared"] = in_question or not _goes_on_at_once(upload, checked, first)
    if told["compared"]:
        lease.note(phase=Phase.COMPARING, progress_done=0)
        compare(checked, context)
        deadline.check()
    else:
        take_for_new(checked)
    lease.note(progress_done=len(file.typed.frame))
    if in_question:
        fresh = long_ago.new_among(checked.rows, old)
        if said_of_old:
            long_ago.put_to_mend(file, kind, checked.rows, fresh)
        else:
            questions += long_ago.question_about(kind, checked.rows, fresh)
    gone = statements.rows_gone(upload, checked.rows, upload.sent_by)
    told[statements.FOUND] = statements.found(upload, checked.rows, gone)
    if not any(question["kind"] in BLOCKING for question in questions):
        questions += statements.question_about(upload, told[statements.FOUND])
    return _findings(upload, file, file.typed, checked, told, questions + checked.questions, stage)


def _checked(file: ReadFile, rows: pd.DataFrame, context: Context) -> Checked:
    """Check all rows but those that a person left out."""
    aside = labels_left_out(rows, file.workbook, context.left_out)
    wrong = rows.index[rows["is_wrong"]].difference(aside)
    rows = rows.drop(columns="is_wrong")
    if aside.empty:
        return check(rows, context, wrong=wrong)
    checked = check(rows.drop(index=aside), context, wrong=wrong)
    checked.rows = with_left_out(checked.rows, rows.loc[aside])
    return checked


def _goes_on_at_once(upload: Upload, checked: Checked, questions: list[dict[str, Any]]) -> bool:
    """Whether the commit follows with nobody looking in between: it compares for itself, under its locks."""
    planned = upload.planned or {}
    if NOUNS[Kind(upload.kind)].gone:
        return False  # a statement may replace an earlier one, and somebody is asked before
    if not planned or planned.get("compared") or questions or upload.answers.get("choices"):
        return False
    return bool(planned.get("partial")) or not (checked.rows["status"] == "wrong").any()


def _of_layout(asked: dict[str, Any]) -> dict[str, Any]:
    """A question of the tables, with an id that stays the same from one reading to the next."""
    where = asked["column"] or "|".join(asked["params"].get("fields", []))
    code = ":".join(filter(None, (asked["code"], asked["sheet"], where)))
    place = {"sheet": asked["sheet"], "column": asked["column"]}
    return whole_file.question(code, asked["options"], asked["params"], kind=asked["code"], **place)


def _stage_of(upload: Upload, kind: str, side: str) -> str:
    if not NOUNS[Kind(kind)].has_stage:
        return upload.stage
    return upload.stage or ("outgoing" if side == SUPPLIER else "incoming")


def _refuse_what_is_not_theirs(upload: Upload, kind: str, stage: str, side: str) -> None:
    """Refuse what the sender may not say: the other end's records, but for a customer who helps out.

    Raises Refused.
    """
    person = upload.sent_by
    if NOUNS[Kind(kind)].is_list and not person.may_define:
        raise Refused("list_not_yours")
    mine = _own_side(person, upload.partnership_id)
    if KEPT_BY.get(kind) == CUSTOMER and SUPPLIER in (mine, side):
        raise Refused("kind_kept_by_customer")
    if stage == "incoming" and mine == SUPPLIER:
        raise Refused("stage_not_yours")
    if stage == "outgoing" and side == SUPPLIER and upload.partnership_id is None and _only_customer(person):
        raise Refused("stage_needs_partnership")


def _own_side(person: Person, partnership_id: int | None) -> str:
    if partnership_id is None:
        return ""
    (partner,) = partners([partnership_id])
    return CUSTOMER if partner.customer_id == person.organisation_id else SUPPLIER


def _only_customer(person: Person) -> bool:
    has_suppliers, has_customers = both_sides(person.organisation_id)
    return has_suppliers and not has_customers


# -- what was found ---------------------------------------------------------------------------------
def _findings(
    upload: Upload,
    file: ReadFile,
    typed: Typed,
    checked: Checked,
    told: dict[str, Any],
    questions: list[dict[str, Any]],
    stage: str,
) -> Findings:
    rows = checked.rows
    status = rows["status"].value_counts()
    counts = {name: int(status.get(name, 0)) for name in STATUSES}
    left_out = {name: int(number) for name, number in typed.left_out.items()}
    counts |= {"read": len(rows), "gone": told[statements.FOUND]["gone"], "left_out": sum(left_out.values())}
    counts["replacing"] = int(taking_new(rows, upload.answers).sum())
    found = _all_problems(file, typed, checked)
    note_wrong(rows, found, file.workbook)
    problems = listed(upload, found)
    told |= {
        "questions": questions,
        "answered": file.answers,
        "left_out": left_out,
        "documents": {name: asdict(one) for name, one in typed.documents.items()},
        "totals": [_total(total) for total in typed.totals],
        "notes": (_notes(typed.problems) + checked.notes)[:KEPT_NOTES],
        "routes": _routes(rows),
        "conflicts": _conflicts(rows, upload.answers),
    }
    told["grids"] = grids_of(file, rows, problems)
    return Findings(told, counts, problems, rows, questions, file.understood.kind, stage)


def _total(total: Any) -> dict[str, Any]:
    return {
        "sheet": total.sheet,
        "row": total.row,
        "label": total.label,
        "column": total.column,
        "field": total.field,
        "said": total.said,
        "added": total.added,
        "agrees": total.agrees,
    }


def _notes(problems: pd.DataFrame) -> list[dict[str, Any]]:
    """What is only told: no row waits for it."""
    told = problems[problems["severity"] == NOTE].drop_duplicates(["rule", "sheet", "column"])
    columns = ["sheet", "row", "column", "field", "value", "rule", "params"]
    return [{**line, "row": int(line["row"])} for line in told[columns].head(KEPT_NOTES).to_dict("records")]


def _routes(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Where the rows go and why: the sender's own view of its ledger."""
    known = rows.assign(partnership_id=rows["partnership_id"].astype("Int64").fillna(0))
    groups = known.groupby(["partnership_id", "why", "status"], dropna=False).size()
    return [
        {"partnership": int(pk) or None, "why": why, "status": status, "rows": int(count)}
        for (pk, why, status), count in groups.items()
    ]


def _conflicts(rows: pd.DataFrame, answers: dict[str, Any]) -> list[dict[str, Any]]:
    """The first hundred rows that say something else than what is stored, with what is stored."""
    differing = rows[rows["status"] == "conflicting"].head(KEPT)
    chosen = choices_of(differing, answers)
    columns = ["sheet", "row", "partnership_id", "stored", "theirs"]
    return [
        {
            "sheet": sheet,
            "row": int(row),
            "partnership": int(pk),
            "stored": stored if isinstance(stored, str) else None,  # none: further values of a set
            "theirs": bool(theirs),
            "choice": choice,
        }
        for (sheet, row, pk, stored, theirs), choice in zip(
            differing[columns].itertuples(index=False), chosen, strict=True
        )
        if pk is not pd.NA
    ]


def _all_problems(file: ReadFile, typed: Typed, checked: Checked) -> pd.DataFrame:
    """All problems of rows that are somebody's here and that nobody left out, as the person sees them."""
    own = typed.problems
    gone = checked.rows.index[checked.rows["status"].isin([ELSEWHERE, LEFT_OUT])]
    own = own[(own["severity"] != NOTE) & ~own["index"].isin(gone)]
    columns = ["sheet", "row", "column", "field", "value", "rule", "params"]
    return pd.concat([own[columns], _placed(file, checked)[columns]], ignore_index=True)


def _placed(file: ReadFile, checked: Checked) -> pd.DataFrame:
    """Problems that checking found, with sheet, row, column letter and value as the person sees them."""
    found = checked.problems
    rows = checked.rows.loc[found["at"]]
    found = found.assign(sheet=rows["sheet"].to_numpy(), row=rows["row"].to_numpy())
    letters = file.letters()
    found["column"] = [
        letters.get((int(table), name), "") for table, name in zip(rows["table"], found["field"], strict=True)
    ]
    found["value"] = ""
    for name in found["field"].unique():
        here = (found["field"] == name).to_numpy()
        if name in rows:
            found.loc[here, "value"] = ["" if pd.isna(value) else str(value) for value in rows[name][here]]
    return found


# -- what comes next --------------------------------------------------------------------------------
def _next_state(upload: Upload, found: Findings, now: datetime) -> dict[str, Any]:
    """Where the upload goes: to be committed if that was asked for and nothing is in the way."""
    open_rows = 0 if found.rows is None else open_rows_of(found.rows, upload.answers)
    if found.rows is None or any(question["kind"] in BLOCKING for question in found.questions):
        return {"state": UploadState.WAITING, "planned": None, "open_rows": open_rows}
    planned = upload.planned or {}
    writes = _writes(found, found.rows, upload)
    if planned and (not open_rows or planned.get("partial")):
        return {"state": UploadState.COMMITTING, "open_rows": open_rows}
    if not writes and upload.commits.filter(undone_at=None).exists():
        return {"state": UploadState.COMMITTED, "open_rows": open_rows, "planned": None, "finished_at": now}
    state = UploadState.WAITING if open_rows else UploadState.UNDERSTOOD
    return {"state": state, "open_rows": open_rows, "planned": None}


def _writes(found: Findings, rows: pd.DataFrame, upload: Upload) -> bool:
    if found.understanding[statements.FOUND]["goes"]:
        return True
    return bool((rows["status"].isin(["new", "changed"]) | taking_new(rows, upload.answers)).any())
