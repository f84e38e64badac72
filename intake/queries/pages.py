"""What the pages of uploads show, in words: the list of files, and one file with what is to be mended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from core.clock import today_here
from core.commits import BuiltUpon
from core.lead import Lead, joined
from intake.models import Kind, Phase, Problem, Upload, UploadState
from intake.queries import beside, origins, uploads
from intake.queries.beside import may_change, rows_in_words
from intake.queries.constants import constants_told
from intake.queries.groups import (
    Group,
    groups_of,
    mended_alone,
    question_chosen,
    questions_asked,
    rows_to_mend,
    things_to_mend,
    to_mend_in_words,
)
from intake.queries.words import say
from intake.queries.words_of_fields import field_name
from intake.tables.kinds import KINDS
from suppliers.queries.partners import partners

GOOD, WATCH, BAD, NONE = "good", "watch", "bad", "none"
WORKING = {UploadState.RECEIVED, UploadState.COMMITTING}
NUMERIC = {"count", "signed", "number", "money"}
# What a file holds, for which end it speaks, whether it really is of years ago, lost zeros or its end.
ASKED_IN_LIST = {"kind", "side", "all_long_ago", "long_ago", "lost_zeros", "may_be_cut_off"}
MAY_BE_ABSENT = {"gone", "elsewhere", "changed", "conflicting", "left_out_by_hand"}
OWN_LEFT_OUT = ""  # the field of a column that is not used


# -- the list ---------------------------------------------------------------------------------------
def file_row(upload: Upload) -> dict[str, Any]:
    """Return one row of the list of files."""
    state, headline, text = _outcome(upload)
    return {
        "id": upload.pk,
        "key": str(upload.pk),
        "name": upload.file_name,
        "extension": upload.file_name.rpartition(".")[2][:5] if "." in upload.file_name else "",
        "facts": " · ".join(_facts_in_list(upload)),
        "kinds": list(Kind.choices) if may_change(upload) else [],
        "state": state,
        "headline": headline,
        "text": text,
        "working": upload.state in WORKING,
        "progress": _progress(upload),
        "url": reverse("upload", args=[upload.pk]),
        "action": _action(upload),
        "asked": _asked_in_list(upload),
    }


def recent_row(upload: Upload) -> dict[str, Any]:
    """Return one line of what was handed in before."""
    state, headline, _text = _outcome(upload)
    kind = str(Kind(upload.kind).label) if upload.kind else upload.file_name
    what = f"{kind} · {rows_in_words(upload.counts['read'])}" if upload.counts.get("read") else kind
    return {
        "when": formatting.day(localdate(upload.created_at), today_here()),
        "url": reverse("upload", args=[upload.pk]),
        "what": what,
        "state": state,
        "word": headline,
    }


def _facts_in_list(upload: Upload) -> Iterable[str]:
    if upload.understanding.get("joined"):
        return
    if upload.identical_to:
        when = formatting.moment(upload.identical_to.created_at, today_here())
        yield _("Identical to the file of %(when)s") % {"when": when}
        return
    if other := upload.options.get("other_name"):
        yield _("with %(name)s") % {"name": other}
    if upload.repairs:
        yield _("mends “%(name)s”") % {"name": upload.repairs.file_name}
    yield str(Kind(upload.kind).label) if upload.kind else _("received, not read")
    if upload.counts.get("read"):
        yield rows_in_words(upload.counts["read"])
    if encoding := upload.understanding.get("encoding"):
        yield encoding.upper()
    yield formatting.moment(upload.created_at, today_here())


def _asked_in_list(upload: Upload) -> list[dict[str, Any]]:
    """What one press answers without a look at the sheet."""
    if upload.state != UploadState.WAITING:
        return []
    return [one for one in questions_asked(upload) if one["kind"] in ASKED_IN_LIST]


def _outcome(upload: Upload) -> tuple[str, str, str]:
    """Return mark, first words and the rest of what became of a file."""
    open_rows, counts = upload.open_rows, upload.counts
    if joined_with := upload.understanding.get("joined"):
        return NONE, _("Read together with %(name)s") % {"name": joined_with}, ""
    if upload.identical_to_id:
        return NONE, _("Nothing new"), _(", no data changed")
    if upload.state == UploadState.REFUSED:
        said = uploads.refusal_in_words(upload)
        return BAD, said.rule if said else "", f" {said.remedy}" if said else ""
    if upload.state in WORKING:
        return NONE, "", _working_text(upload)
    if upload.state == UploadState.UNDONE:
        return NONE, _("Undone"), ""
    faultless = sum(counts.get(part, 0) for part in ("new", "same", "changed"))
    if upload.state == UploadState.COMMITTED:
        if not open_rows:
            return GOOD, _("Saved"), _saved_text(counts)
        saved = _("%(saved)s rows saved, %(kept)s kept for you to mend") % {
            "saved": faultless,
            "kept": open_rows,
        }
        return WATCH, saved, ""
    asked = _open_questions(upload)
    if asked and asked[0]["kind"] == "other_half":
        return WATCH, _("Waits for %(name)s") % {"name": asked[0]["params"]["lacks"]}, ""
    left = upload.understanding.get("to_mend", open_rows + len(asked))
    if upload.state == UploadState.WAITING:
        headline = to_mend_in_words(left, upload.understanding.get("rows_to_mend", 0))
        rest = _(", the other %(n)s rows are recognised") % {"n": faultless} if faultless else ""
        return BAD, headline, rest
    return GOOD, _("Can be saved"), _(", no problems")


def _saved_text(counts: dict[str, int]) -> str:
    """What a saved file brought, where not every row of it was new."""
    new = counts.get("new", 0) + counts.get("changed", 0)
    if not counts.get("same", 0):
        return ""
    return _(", %(new)s new or changed, %(same)s known before") % {
        "new": f"{new:,}",
        "same": f"{counts['same']:,}",
    }


def outcome_in_words(upload: Upload) -> str:
    """Return what became of a file in one line."""
    _state, headline, rest = _outcome(upload)
    return f"{headline}{rest}".strip()


def _working_text(upload: Upload) -> str:
    if "undo" in (upload.planned or {}):
        return _("Taking back; you may leave")
    rows = {"rows": rows_in_words(upload.progress_total)}
    if not upload.progress_total:
        return (
            _("Saving; you may leave")
            if upload.state == UploadState.COMMITTING
            else _("Reading; you may leave")
        )
    told = {
        Phase.CHECKING: _("Checking %(rows)s; you may leave"),
        Phase.COMPARING: _("Comparing %(rows)s with what is known; you may leave"),
        Phase.WRITING: _("Saving %(rows)s; you may leave"),
    }
    return told.get(Phase(upload.phase or Phase.READING), _("Reading; you may leave")) % rows


def _progress(upload: Upload) -> dict[str, int] | None:
    """Return how far a file came, in rows: each of them passes every phase, undoing has but one."""
    if upload.state not in WORKING:
        return None
    total = upload.progress_total or 1
    if "undo" in (upload.planned or {}):
        return {"done": upload.progress_done, "total": total}
    before = Phase.values.index(upload.phase) if upload.phase else 0
    return {"done": before * total + min(upload.progress_done, total), "total": len(Phase.values) * total}


def _action(upload: Upload) -> dict[str, Any] | None:
    here = reverse("upload", args=[upload.pk])
    if upload.identical_to_id:
        return {"label": _("See that one"), "url": reverse("upload", args=[upload.identical_to_id])}
    if upload.state == UploadState.WAITING or upload.open_rows:
        return {"label": _("Mend"), "url": here, "primary": True}
    if upload.state == UploadState.UNDERSTOOD:
        return {"label": _("Preview and save"), "url": here}
    return None


# -- one file ---------------------------------------------------------------------------------------
@dataclass(slots=True)
class Remedy:
    """What may be done about a cell or a row, in the page."""

    id: str
    place: str
    text: str
    kind: str  # mend: type another value; choose: one of `choices`
    value: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    settled: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    shown_as: str = ""  # the value as read
    leave_out: bool = False  # whether its row may be left out here; a choice has that among its own


def upload_page(upload: Upload) -> dict[str, Any]:
    """Return all that the page of one upload shows."""
    problems = list(uploads.problems_of(upload))
    remedies = [*_of_problems(upload, problems), *_of_conflicts(upload)] if _is_open(upload) else []
    open_remedies = [remedy for remedy in remedies if not remedy.settled]
    groups = groups_of(upload, problems)
    asked = [group.for_all for group in groups]
    state, headline, text = _outcome(upload)
    left = things_to_mend(upload.understanding, upload.kind, problems) if _is_open(upload) else 0
    rows = rows_to_mend(upload.understanding, problems) if left else 0
    places = min(left, rows) or left  # people count rows
    return {
        "id": upload.pk,
        "name": upload.file_name,
        "sent": formatting.moment(upload.created_at),
        "state": state,
        "state_word": _state_word(upload),
        "facts": _facts(upload),
        "steps": _steps(upload, places),
        "lead": _lead(upload, headline, text),
        "mended_in": _mended_in(upload),
        "mends": _other(upload.repairs),
        "problems": [_group(group) for group in groups] if _is_open(upload) else [],
        "constants": [box for box in constants_told(upload) if box not in asked]
        if may_change(upload)
        else [],
        "problems_title": to_mend_in_words(left, rows),
        "counts": _counts(upload),
        "left_out": beside.left_out(upload),
        "gone": beside.gone(upload),
        "documents": beside.documents(upload),
        "sheets": [_sheet(upload, grid, remedies) for grid in upload.understanding.get("grids", [])],
        "cell": _one_cell(open_remedies) if _is_open(upload) else None,
        "bar": _bar(upload, places),
        "made": _what_it_made(upload),
    }


LISTS: dict[str, tuple[str, dict[str, str]]] = {
    Kind.INSPECTIONS: ("lots", {"submission": "all"}),
    Kind.MEASUREMENTS: ("lots", {"submission": "all"}),
    Kind.STOCK: ("balances", {}),
    Kind.MOVEMENTS: ("movements", {}),
    Kind.DELIVERIES: ("deliveries", {}),
    Kind.RETURNS: ("returns", {}),
    Kind.GAUGE_STUDIES: ("gauge-studies", {}),
}


def _what_it_made(upload: Upload) -> str:
    """The address of the rows that a file brought; blank where it brought none, or a list of one's own."""
    if upload.kind not in LISTS or upload.state != UploadState.COMMITTED or not origins.commits_of(upload.pk):
        return ""
    route, query = LISTS[upload.kind]
    return f"{reverse(route)}?{urlencode({**query, 'upload': upload.pk})}"


def _mended_in(upload: Upload) -> dict[str, str] | None:
    """The latest marked workbook that came back for a file."""
    return _other(upload.repaired_by.exclude(state=UploadState.UNDONE).order_by("-pk").first())


def _other(upload: Upload | None) -> dict[str, str] | None:
    return {"name": upload.file_name, "url": reverse("upload", args=[upload.pk])} if upload else None


def _is_open(upload: Upload) -> bool:
    return upload.state in {UploadState.WAITING, UploadState.UNDERSTOOD} or bool(upload.open_rows)


def _open_questions(upload: Upload) -> list[dict[str, Any]]:
    return [one for one in upload.understanding.get("questions", []) if not one["rows"]]


def _state_word(upload: Upload) -> str:
    if upload.state == UploadState.WAITING:
        return _("To mend")
    return str(UploadState(upload.state).label)


def _facts(upload: Upload) -> str:
    told = upload.understanding
    facts = [str(Kind(upload.kind).label)] if upload.kind else []
    tables = told.get("tables", [])
    if tables and tables[0]["sheet"]:
        facts.append(_("sheet “%(name)s”") % {"name": tables[0]["sheet"]})
    if tables and tables[0]["header_rows"]:
        facts.append(_("header in row %(row)s") % {"row": tables[0]["header_rows"][0]})
    if told.get("encoding"):
        facts.append(told["encoding"].upper())
    return " · ".join(facts)


def _steps(upload: Upload, left: int) -> list[dict[str, Any]]:
    done = upload.state in {UploadState.COMMITTED, UploadState.UNDONE}
    read = bool(upload.understanding) and upload.state != UploadState.RECEIVED
    mend = _("Mend %(n)s") % {"n": left} if left else _("Mended") if done else _("Mend")
    steps = [
        {"word": _("Received"), "done": True, "mark": GOOD},
        {"word": _("Recognised"), "done": read, "mark": GOOD if read else ""},
        {"word": mend, "done": read and not left, "current": bool(left), "mark": BAD if left else ""},
        {"word": _("Saved") if done else _("Save"), "done": done and not left, "mark": GOOD if done else ""},
    ]
    if read and not left and not done:
        steps[3]["current"] = True
    return steps


def _lead(upload: Upload, headline: str, text: str) -> Lead | None:
    if upload.state == UploadState.WAITING:
        return None  # the summary of problems says it
    if upload.state != UploadState.REFUSED and (held := uploads.refusal_in_words(upload)):
        return Lead(joined(str(held)), BAD)
    if upload.state == UploadState.UNDERSTOOD and (routed := _routed(upload)):
        return Lead(joined(routed), GOOD)
    tone = {UploadState.COMMITTED: GOOD, UploadState.REFUSED: BAD, UploadState.UNDERSTOOD: GOOD}
    return Lead(
        joined(f"{headline}{text}"), WATCH if upload.open_rows else tone.get(UploadState(upload.state), "")
    )


def _routed(upload: Upload) -> str:
    """Say how the rows of a ledger of several partners go to each of them."""
    counts: dict[int, int] = {}
    for route in upload.understanding.get("routes", []):
        if route["partnership"] and route["status"] != "elsewhere":
            counts[route["partnership"]] = counts.get(route["partnership"], 0) + route["rows"]
    elsewhere = upload.counts.get("elsewhere", 0)
    if len(counts) < 2 and not elsewhere:
        return ""
    side = upload.understanding.get("side")
    names = {
        one.partnership_id: one.customer_name if side == "supplier" else one.supplier_name
        for one in partners(counts)
    }
    shares = _(", ").join(
        f"{names[pk]} {rows_in_words(count)}" for pk, count in sorted(counts.items()) if pk in names
    )
    text = _("Row by row: %(shares)s.") % {"shares": shares}
    if elsewhere:
        told = _("%(rows)s of somebody who is not here: not shown, not counted.") % {
            "rows": rows_in_words(elsewhere)
        }
        return joined(text, told)
    return text


def _group(group: Group) -> dict[str, Any]:
    cells = ngettext("%(n)s cell", "%(n)s cells", group.count) % {"n": group.count}
    where = f"cell-{group.first}" if group.first else f"{group.for_all.id}-value" if group.for_all else "mend"
    return {
        "url": f"#{where}",
        "title": group.title,
        "place": group.place,
        "cells": cells if group.count else "",
        "remedy": group.remedy,
        "asked": group.asked,
        "for_all": group.for_all,
        "rows": group.rows,
        "one": group.count == 1,
    }


def _counts(upload: Upload) -> list[dict[str, Any]]:
    counts = upload.counts
    if not counts.get("read"):
        return []
    totals = upload.understanding.get("totals", [])
    agrees = all(total["agrees"] for total in totals)
    checked = (
        (_("agrees with the total row") if agrees else _("differs from the total row")) if totals else ""
    )
    to_mend = (_("unreadable, impossible or to be asked"), BAD)
    if upload.state == UploadState.COMMITTED and not upload.open_rows:
        mended = _("mended in the workbook that came back") if counts.get("wrong") else _("nothing is left")
        to_mend = (mended, "")
    shown = [
        ("new", _("new"), _("will count") if upload.state != UploadState.COMMITTED else _("count now"), ""),
        ("same", _("same"), _("known, not counted twice"), ""),
        ("changed", _("changed"), _("same figures, other text"), ""),
        ("conflicting", _("conflicts"), _("figures differ; you choose"), WATCH),
        ("gone", _("gone"), _("in the earlier statement, not in this one"), WATCH),
        ("wrong", _("to mend"), *to_mend),
        ("elsewhere", _("elsewhere"), _("not shown, not counted: nobody here"), ""),
        ("left_out_by_hand", _("left out"), _("by a person, not counted"), ""),
        ("read", _("rows in all"), checked, ""),
    ]
    return [
        {"number": number, "word": word, "note": note, "tone": tone if number else ""}
        for name, word, note, tone in shown
        if (number := counts.get(name, 0)) or name not in MAY_BE_ABSENT
    ]


def _bar(upload: Upload, left: int) -> dict[str, Any] | None:
    if upload.identical_to_id or upload.state in {UploadState.REFUSED, UploadState.UNDONE, *WORKING}:
        return None
    counts = upload.counts
    blocked = any(not question["rows"] for question in upload.understanding.get("questions", []))
    writing = sum(counts.get(part, 0) for part in ("new", "changed", "replacing", "gone"))
    faultless = 0 if blocked else writing
    if upload.state == UploadState.COMMITTED:
        faultless = 0
    return {
        "repair_url": reverse("upload-repair", args=[upload.pk]) if upload.open_rows else "",
        "faultless": faultless,
        "left": left,
        "undo": upload.state == UploadState.COMMITTED,
    }


# -- remedies ---------------------------------------------------------------------------------------
def _of_problems(upload: Upload, problems: Sequence[Problem]) -> Iterable[Remedy]:
    for problem in problems:
        if not mended_alone(problem, upload.understanding):
            continue
        said = say(problem.rule, {"field": problem.field, "value": problem.value} | problem.params)
        remedy = Remedy(
            id=f"p{problem.pk}",
            place=f"{problem.column}{problem.row}",
            text=str(said),
            kind="mend",
            value=str(problem.params.get("suggestion") or problem.params.get("near") or ""),
            sheet=problem.sheet,
            row=problem.row or 0,
            column=problem.column,
            shown_as=problem.value,
            leave_out=True,
        )
        if question := question_chosen(problem, upload.understanding):
            told = uploads.question_in_words(question)
            remedy.kind = "choose"
            remedy.choices = [(str(option["value"]), option["label"]) for option in told["options"]]
            remedy.leave_out = False
        yield remedy


def _of_conflicts(upload: Upload) -> Iterable[Remedy]:
    letters = _letters(upload)
    words = {"keep": _("Keep the earlier"), "replace": _("Use the new")}
    for number, conflict in enumerate(uploads.conflicts_of(upload)):
        column = letters.get("lot_no") or next(iter(letters.values()), "A")
        settled = {"keep": _("The earlier is kept"), "replace": _("The new is used")}
        yield Remedy(
            id=f"c{number}",
            place=f"{column}{conflict['row']}",
            text=conflict["text"],
            kind="choose",
            choices=[(choice, words[choice]) for choice in conflict["choices"]],
            settled=settled.get(conflict["choice"], ""),
            sheet=conflict["sheet"],
            row=conflict["row"],
            column=column,
        )


def _letters(upload: Upload) -> dict[str, str]:
    tables = upload.understanding.get("tables", [])
    return {name: one["letter"] for table in tables for one in table["columns"] for name in one["fields"]}


def _one_cell(remedies: Sequence[Remedy]) -> dict[str, Any] | None:
    """On a phone one cell is shown at a time."""
    if not remedies:
        return None
    first = remedies[0]
    return {
        "number": 1,
        "total": len(remedies),
        "place": f"{first.sheet} {first.place}".strip(),
        "value": first.shown_as,
        "text": first.text,
        "hint": "",
        "remedy": first,
    }


# -- the person's own sheet -------------------------------------------------------------------------
def _sheet(upload: Upload, grid: dict[str, Any], remedies: Sequence[Remedy]) -> dict[str, Any]:
    table = next(one for one in upload.understanding["tables"] if one["number"] == grid["table"])
    kind = KINDS[upload.kind or upload.understanding["kind"]]
    columns = [_column(column, kind) for column in table["columns"]]
    here = [remedy for remedy in remedies if remedy.sheet == grid["sheet"]]
    rows = [_row(row, columns, here) for row in grid["rows"]]
    shown = {row["number"] for row in grid["rows"]}
    hidden = grid["rows_in_all"] - len(shown)
    more = _("%(n)s more rows without a problem are not shown") % {"n": f"{hidden:,}"} if hidden > 0 else ""
    told = [
        f"{one['rule']} {one['remedy']}"
        for one in uploads.notes_in_words(upload)
        if one["sheet"] == grid["sheet"]
    ]
    return {
        "number": grid["table"],
        "title": _("What was recognised"),
        "header_row": table["header_rows"][0] if table["header_rows"] else None,
        "columns": columns,
        "rows": rows,
        "note": " · ".join(filter(None, (more, *told))),
    }


def _column(column: dict[str, Any], kind: Any) -> dict[str, Any]:
    name = column["fields"][0] if column["fields"] else OWN_LEFT_OUT
    types = {one.name: one.type for one in kind.fields}
    word = {
        "certain": (GOOD, _("certain")),
        "remembered": (GOOD, _("remembered")),
        "confirm": (WATCH, _("please confirm")),
    }.get(column["confidence"], (NONE, _("not read")))
    label = column["defect"] or column["characteristic"] or (field_name(name) if name else _("not used"))
    if not name and not column["defect"] and column["confidence"] != "confirm":
        word = (NONE, _("not read"))
    return {
        "letter": column["letter"],
        "header": column["header"],
        "name": name,
        "field": label,
        "state": word[0],
        "word": word[1],
        "numeric": types.get(name) in NUMERIC,
        "ask": column["confidence"] == "confirm",
        "choices": [("", _("leave out")), *((one.name, field_name(one.name)) for one in kind.fields)],
    }


def _row(
    row: dict[str, Any], columns: Sequence[dict[str, Any]], remedies: Sequence[Remedy]
) -> dict[str, Any]:
    mine = [remedy for remedy in remedies if remedy.row == row["number"]]
    cells = []
    for column, text in zip(columns, row["cells"], strict=True):
        remedy = next((one for one in mine if one.column == column["letter"]), None)
        conflict = remedy is not None and remedy.id.startswith("c")
        css = " ".join(filter(None, ("n" if column["numeric"] else "", "conflict" if conflict else "")))
        cells.append(
            {
                "text": text,
                "css": css,
                "remedy": remedy.id if remedy else "",
                "wrong": remedy is not None and not conflict,
            }
        )
    return {
        "number": row["number"],
        "cells": cells,
        "remedies": mine,
        "left_out": row["status"] == "left_out_by_hand",
    }


def why_not(rule: str) -> Lead:
    """Say why something is refused, as the page's lead."""
    return Lead(joined(str(uploads.why_not(rule, {}))), BAD)


def why_held(held: BuiltUpon) -> Lead:
    """Say why an upload cannot be undone, as the page's lead."""
    return Lead(joined(str(uploads.why_not(held.rule, held.params))), BAD)
