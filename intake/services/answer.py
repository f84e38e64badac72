"""What a person answers about an upload: columns, names, parts, conflicts, mended cells; all remembered."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from intake.models import Upload, UploadState
from intake.services import cut_off, long_ago, lost_zeros, statements, vault, work
from intake.services.choices import KEEP, REPLACE, choices_of
from intake.services.commit import NotReady, NotYours, again, upload_of
from intake.services.leaving import NoSuchRow, NotNoted, leave_out, take_in
from intake.services.mappings import remember
from intake.services.reading import FIELDS
from intake.services.routing import CREATE, ELSEWHERE
from intake.tables.documents import LEAVE, TAKE, USUAL
from intake.tables.kinds import KINDS
from intake.tables.reading import Reading
from intake.tables.understand import OF_LAYOUT, Question
from intake.tables.understand import answer as told_by
from suppliers import access
from suppliers.access import Person
from suppliers.queries import characteristic_index, part_index
from suppliers.queries.partners import partners
from suppliers.services import make_supplies, remember_organisation_name

PLACE = re.compile(r"\*|[^\x00-\x1f\ud800-\udfff]{0,255}![0-9]{1,7}")


class NotAnAnswer(ValueError):
    """An answer that does not fit its question; `question` is its id."""

    def __init__(self, question: str) -> None:
        self.question = question
        super().__init__(question)


class NotYoursToReplace(Exception):
    """`replace` was chosen for what the other side's own upload sent. Nothing is remembered of it."""

    rule = "sent_by_other_side"


def answer(
    *,
    upload_id: int,
    person: Person,
    now: datetime,
    answers: Mapping[str, Any] | None = None,
    cells: Iterable[Mapping[str, Any]] = (),
    choices: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    remember_constants: bool = False,
    documents: Mapping[str, str] | None = None,
    kind: str = "",
    left_out: Collection[str] = (),
    left_out_alike: Collection[Mapping[str, str]] = (),
    taken_in: Collection[int] = (),
    seconds: float | None = work.SECONDS_AT_ONCE,
) -> Upload:
    """Take what a person says about an upload, remember it, and understand the file anew.

    Parameters
    ----------
    answers : mapping
        By a question's id: one of its options; `elsewhere` for a row or name that is nobody's here, to be
        left out; `create` for a part or characteristic that a customer's engineer wants made by the commit.
    cells : iterable of mapping
        Mended cells: `sheet`, `row` (from 1, as the person sees it), `column` (letter), `value` (text).
    choices : mapping
        Of conflicts, by SHEET!ROW (`*` for all others): `keep` or `replace`.
    columns : mapping
        By a column's header (its letter where it has none) the field that it fills; blank leaves it out.
    constants : mapping
        By a field that has no column the value that it has in every row of this file; blank takes it back.
    remember_constants : bool
        Whether they hold for later files with the same headers too.
    documents : mapping
        By a sort of documents (`intake.tables.documents`) whether its rows count: `take` or `leave`; remembered
        for the layout.
    kind : str
        What the file holds, if it was taken for something else.
    left_out : collection of str
        SHEET!ROW of rows that cannot be mended and go no further; `*` for all that are to be mended.
    left_out_alike : collection of mapping
        `sheet`, `code` and `column` of problems of which all rows are left out.
    taken_in : collection of int
        Positions of what was left out before (in ``answers["left_out"]``), to be looked at again.

    Raises
    ------
    NotYours
        If the upload is not the person's to answer.
    NotReady
        If it is being worked on, was refused or undone, or if somebody else answered meanwhile.
    NotAnAnswer
        If an answer does not fit.
    NotYoursToReplace
        If `replace` is chosen for a row that the other side sent of itself.
    """
    upload = upload_of(person, upload_id)
    if upload.identical_to_id:
        raise NotReady(upload.state)
    told = dict(upload.answers)
    changed: dict[str, Any] = {}
    lasting = constants if remember_constants else None
    said = _said_of_layout(columns or {}, kind, lasting or {}, documents or {})
    told["constants"] = _of_this_file(
        told.get("constants", {}), constants or {}, remembered=remember_constants
    )
    _answer_questions(upload, person, answers or {}, told, changed, said, now)
    told["cells"] = _with_mended(told.get("cells", []), cells)
    told["choices"] = told.get("choices", {}) | _checked_choices(choices or {})
    if REPLACE in (choices or {}).values():
        _leave_theirs(upload, told["choices"])
    if left_out or left_out_alike or taken_in:
        known = told.get("left_out", [])
        try:
            told["left_out"] = _left_out(upload, known, person, now, left_out, left_out_alike, taken_in)
        except NotNoted as older:
            again(upload=upload, now=now, seconds=seconds, answers=told, **changed)
            raise NotReady(UploadState.RECEIVED) from older
    if upload.state == UploadState.REFUSED:
        raise NotReady(upload.state)
    return again(upload=upload, now=now, seconds=seconds, answers=told, **changed)


def _left_out(
    upload: Upload,
    known: list[dict[str, Any]],
    person: Person,
    now: datetime,
    places: Collection[str],
    alike: Collection[Mapping[str, str]],
    taken_in: Collection[int],
) -> list[dict[str, Any]]:
    try:
        entries = take_in(known, taken_in, person, now)
        if places or alike:
            entries = leave_out(upload, entries, person, now, places=places, alike=alike)
    except NoSuchRow as nowhere:
        raise NotAnAnswer(str(nowhere)) from nowhere
    except FileNotFoundError as gone:  # the checked rows: understood anew since the upload was read
        raise NotReady(upload.state) from gone
    return entries


def _of_this_file(known: dict[str, str], said: Mapping[str, str], *, remembered: bool) -> dict[str, str]:
    """Constants of one file alone: what is remembered for its layout stands with that."""
    if unknown := set(said) - FIELDS:
        raise NotAnAnswer(", ".join(sorted(unknown)))
    kept = {name: value for name, value in known.items() if name not in said}
    return kept if remembered else kept | {name: value for name, value in said.items() if value}


def _said_of_layout(
    columns: Mapping[str, str], kind: str, constants: Mapping[str, str], documents: Mapping[str, str]
) -> Reading:
    """What a person says of columns, kind and documents without having been asked."""
    unknown = (set(columns.values()) - FIELDS - {""}) | (set(documents) - set(USUAL))
    unknown |= set(documents.values()) - {LEAVE, TAKE}
    if unknown or (kind and kind not in KINDS):
        raise NotAnAnswer(", ".join(sorted(unknown)) or kind)
    meant = {name: field or None for name, field in columns.items()}
    return Reading(columns=meant, kind=kind, constants=dict(constants), documents=dict(documents))


def _answer_questions(
    upload: Upload,
    person: Person,
    answers: Mapping[str, Any],
    told: dict[str, Any],
    changed: dict[str, Any],
    said: Reading,
    now: datetime,
) -> None:
    asked = {question["id"]: question for question in upload.understanding.get("questions", [])}
    reading = said.over(Reading.from_json(told.get("reading")))
    of_rows: dict[str, Any] = {}
    for question_id, choice in answers.items():
        question = asked.get(question_id)
        if question_id == long_ago.QUESTION and (question or question_id in told):
            told[question_id] = _one_of({"id": question_id, "options": [long_ago.YES, long_ago.NO]}, choice)
            continue
        if question_id == statements.QUESTION and (question or question_id in told):
            chosen = _one_of({"id": question_id, "options": [statements.REPLACE, statements.ADD]}, choice)
            told.update(statements.answered(chosen, upload, told))
            continue
        if question is None:
            raise NotAnAnswer(question_id)
        if question_id == lost_zeros.QUESTION:
            of_rows[question_id] = _one_of(question, choice)
        elif question_id == cut_off.QUESTION:
            told[question_id] = _one_of(question, choice)
        elif question["kind"] == "side":
            changed["stage"] = {"supplier": "outgoing", "customer": "incoming"}.get(str(choice), "")
            told["side"] = _one_of(question, choice)
        elif question["kind"] in OF_LAYOUT:
            reading = _about_layout(question, choice, reading)
        else:
            of_rows[question_id] = _about_rows(question, choice, person, now)
    if reading.kind:
        changed["kind"] = reading.kind
    told["reading"] = reading.as_json()
    told["answers"] = told.get("answers", {}) | of_rows
    fingerprint = upload.understanding.get("fingerprint", "")
    if (answers or said != Reading()) and fingerprint:
        remember(
            sender_id=upload.sender_id,
            partnership_id=upload.partnership_id,
            kind=changed.get("kind") or upload.kind,
            fingerprint=fingerprint,
            reading=reading,
            answers={key: value for key, value in of_rows.items() if value != CREATE},
            now=now,
        )


def _about_layout(question: dict[str, Any], choice: Any, reading: Reading) -> Reading:
    asked = Question(
        question["kind"], question["params"], question["options"], question["sheet"], question["column"]
    )
    try:
        return told_by(reading, asked, str(choice))
    except ValueError as unfit:
        raise NotAnAnswer(question["id"]) from unfit


def _about_rows(question: dict[str, Any], choice: Any, person: Person, now: datetime) -> Any:
    """Check an answer about names and parts against what this person may see, and remember the name."""
    if not question["rows"]:
        raise NotAnAnswer(question["id"])  # it waits for a file, not for words
    if choice == ELSEWHERE:
        return ELSEWHERE
    kind, _, rest = question["id"].partition(":")
    if choice == CREATE:
        if not question["creatable"] or not _may_create(kind, rest, person):
            raise NotAnAnswer(question["id"])
        return CREATE
    try:
        chosen = int(choice)
    except (TypeError, ValueError) as unfit:
        raise NotAnAnswer(question["id"]) from unfit
    check = {"who": _organisation, "route": _partnership, "part": _part, "characteristic": _characteristic}[
        kind
    ]
    if not check(rest, chosen, question, person, now):
        raise NotAnAnswer(question["id"])
    return chosen


def _organisation(name: str, chosen: int, question: dict[str, Any], person: Person, now: datetime) -> bool:
    ends = {
        end
        for one in partners(access.partnerships_to_fill(person))
        for end in (one.customer_id, one.supplier_id)
    } - {person.organisation_id}
    is_own = chosen == person.organisation_id and chosen in question["options"]
    if chosen not in ends and not is_own:
        return False
    remember_organisation_name(
        speaker_id=person.organisation_id, meant_id=chosen, name=question["params"]["name"]
    )
    return True


def _partnership(rest: str, chosen: int, question: dict[str, Any], person: Person, now: datetime) -> bool:
    return chosen in question["options"] and chosen in access.partnerships_to_fill(person)


def _part(rest: str, chosen: int, question: dict[str, Any], person: Person, now: datetime) -> bool:
    """A part that is supplied there already, or the customer's own word that it is."""
    partnership_id = int(rest.partition(":")[0])
    if partnership_id not in access.partnerships_to_fill(person):
        return False
    supplied = set(part_index([partnership_id])["part_id"].dropna().astype(int))
    if chosen in supplied:
        return True
    if chosen in question["options"] and _may_create("part", rest, person):
        make_supplies(partnership_id=partnership_id, part_ids=[chosen], now=now)
        return True
    return False


def _characteristic(rest: str, chosen: int, question: dict[str, Any], person: Person, now: datetime) -> bool:
    part_id = int(rest.partition(":")[0])
    return chosen in set(characteristic_index([part_id])["characteristic_id"].dropna().astype(int))


def _may_create(kind: str, rest: str, person: Person) -> bool:
    """Whether the person is an engineer of the customer whose part it is, or will be."""
    if not person.may_define:
        return False
    if kind == "part":
        (partner,) = partners([int(rest.partition(":")[0])]) or (None,)
        return partner is not None and partner.customer_id == person.organisation_id
    return True  # the commit asks again, with the part at hand


def _one_of(question: dict[str, Any], choice: Any) -> str:
    if choice not in question["options"]:
        raise NotAnAnswer(question["id"])
    return str(choice)


def _with_mended(known: list[dict[str, Any]], cells: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    mended = {(cell["sheet"], cell["row"], cell["column"]): cell for cell in known}
    for cell in cells:
        place = (str(cell["sheet"]), int(cell["row"]), str(cell["column"]).upper())
        mended[place] = {
            "sheet": place[0],
            "row": place[1],
            "column": place[2],
            "value": str(cell.get("value") or ""),
        }
    return list(mended.values())


def _checked_choices(choices: Mapping[str, str]) -> dict[str, str]:
    for place, choice in choices.items():
        if choice not in (KEEP, REPLACE) or not PLACE.fullmatch(place):
            raise NotAnAnswer(place)
    return dict(choices)


def _leave_theirs(upload: Upload, choices: dict[str, str]) -> None:
    if not upload.frame:
        return
    try:
        rows = vault.frame_at(upload.frame, ["sheet", "row", "theirs"])
    except FileNotFoundError as gone:
        raise NotReady(upload.state) from gone
    theirs = rows[rows["theirs"].astype(bool)]
    chosen = choices_of(theirs.assign(theirs=False), {"choices": choices})
    if (chosen == REPLACE).any():
        raise NotYoursToReplace


__all__ = ["NotAnAnswer", "NotReady", "NotYours", "NotYoursToReplace", "answer"]
