"""Problems of one file gathered for its summary: one line for what is wrong in the same way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.models import Problem, Upload
from intake.queries.constants import ForAll, fields_without_column, for_all
from intake.queries.uploads import question_in_words
from intake.queries.words import say

ROWS_NAMED = 5
MOST_BUTTONS = 12


@dataclass(frozen=True, slots=True)
class Group:
    """What is wrong in the same way.

    Attributes
    ----------
    first : str
        Id of the first remedy, to go to; blank where there is none.
    count : int
        Cells, 0 where the whole sheet is meant.
    asked : dict or None
        Of a question about the whole sheet what `questions_asked` gives.
    for_all : ForAll or None
        Of a field without a column.
    rows : tuple of str
        Ids of problems by which all rows of the group may be left out; none where no row is meant.
    """

    title: str
    place: str
    remedy: str
    first: str
    count: int
    asked: dict[str, Any] | None = None
    for_all: ForAll | None = None
    rows: tuple[str, ...] = ()


def _dates(n: int) -> str:
    return ngettext("%(n)s date cannot be read", "%(n)s dates cannot be read", n) % {"n": n}


def _numbers(n: int) -> str:
    return ngettext("%(n)s number cannot be read", "%(n)s numbers cannot be read", n) % {"n": n}


def _parts(n: int) -> str:
    return ngettext("%(n)s row names an unknown part", "%(n)s rows name an unknown part", n) % {"n": n}


def _whose(n: int) -> str:
    return ngettext("Whose row is this?", "Whose are these %(n)s rows?", n) % {"n": n}


def _above(n: int) -> str:
    return _("More nonconforming than inspected")


def _missing(n: int) -> str:
    return ngettext("%(n)s cell is empty", "%(n)s cells are empty", n) % {"n": n}


TITLES: dict[str, Callable[[int], str]] = {
    "date_unreadable": _dates,
    "date_impossible": _dates,
    "date_without_year": _dates,
    "date_order_unknown": _dates,
    "date_era_unknown": _dates,
    "date_ambiguous": _dates,
    "not_a_number": _numbers,
    "count_in_words": _numbers,
    "part_unknown": _parts,
    "part_not_supplied": _parts,
    "row_of_several": _whose,
    "organisation_unknown": _whose,
    "own_name_unknown": _whose,
    "nonconforming_above_inspected": _above,
    "missing": _missing,
}


def groups_of(upload: Upload, problems: Sequence[Problem]) -> list[Group]:
    """Return the groups of an upload: questions about the sheet first, then cells, then conflicts."""
    alone = [problem for problem in problems if mended_alone(problem, upload.understanding)]
    return [*_questions(upload), *_columns(upload, problems), *_cells(alone), *_conflicts(upload)]


def things_to_mend(told: Mapping[str, Any], kind: str, problems: Iterable[Problem]) -> int:
    """Return how many answers an understood file waits for: cells, choices, questions, fields without a column."""
    problems = list(problems)
    questions = sum(not question["rows"] for question in told.get("questions", []))
    cells = sum(problem.count for problem in problems if mended_alone(problem, told))
    conflicts = 0 if _asks_of_statement(told) else sum(not one["choice"] for one in told.get("conflicts", []))
    return questions + len(_without_cell(told, kind, problems)) + cells + conflicts


def rows_to_mend(told: Mapping[str, Any], problems: Iterable[Problem]) -> int:
    """Return how many rows of an understood file wait: those with problems, and those that nobody chose for."""
    wrong = sum(problem.rows for problem in problems if of_row(problem))
    return wrong + sum(not conflict["choice"] for conflict in told.get("conflicts", []))


def to_mend_in_words(things: int, rows: int) -> str:
    """Say what is to be mended: people count rows, and a row may have several problems."""
    in_rows = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": f"{rows:,}"}
    if not rows or things < rows:
        said = ngettext("%(n)s thing to mend", "%(n)s things to mend", things) % {"n": f"{things:,}"}
        return _("%(things)s, in %(rows)s") % {"things": said, "rows": in_rows} if rows else said
    if things == rows:
        return ngettext("%(n)s row to mend", "%(n)s rows to mend", rows) % {"n": f"{rows:,}"}
    problems = ngettext("%(n)s problem", "%(n)s problems", things) % {"n": f"{things:,}"}
    return _("To mend: %(rows)s, %(problems)s") % {"rows": in_rows, "problems": problems}


def _asks_of_statement(told: Mapping[str, Any]) -> bool:
    """Whether one answer settles all conflicts: a statement that came before is replaced, or added to."""
    return any(question["id"] == "statement" for question in told.get("questions", []))


def mended_alone(problem: Problem, told: Mapping[str, Any]) -> bool:
    """Whether a problem has a cell of the sheet to be mended in, or is settled by a choice."""
    return of_row(problem) and (bool(problem.column) or question_chosen(problem, told) is not None)


def of_row(problem: Problem) -> bool:
    return problem.row is not None and problem.rule != "total_disagrees"


def question_chosen(problem: Problem, told: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the question whose choice settles a problem; a mistyped part number is mended in its cell."""
    asked = problem.params.get("question", "")
    question = next((one for one in told.get("questions", []) if asked and one["id"] == asked), None)
    if question and question["options"] and (question["kind"] != "part_unknown" or question["creatable"]):
        return dict(question)
    return None


def _without_cell(
    told: Mapping[str, Any], kind: str, problems: Iterable[Problem]
) -> dict[tuple[str, ...], list[Problem]]:
    """Problems of rows that have no cell for them, by sheet, field and rule; a field without a column is one.

    What a question about the sheet asks for already is not told again.
    """
    missing = [one["params"]["fields"] for one in told.get("questions", []) if one["kind"] == "missing"]
    asked = {name for fields in missing for name in fields}
    open_fields = fields_without_column(told, kind)
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        if not of_row(problem) or mended_alone(problem, told) or problem.field in asked:
            continue
        rule = "" if problem.field in open_fields else problem.rule
        alike.setdefault((problem.sheet, problem.field, rule), []).append(problem)
    return alike


def questions_asked(upload: Upload) -> list[dict[str, Any]]:
    """Return the questions about a sheet as a whole, with what may be pressed.

    `id` and `kind` (str), `text` (str), `choices` (value and label; none where the columns of the sheet are the
    better place to choose), `typed` (bool: the answer is a number to be typed).
    """
    asked = []
    for number, question in enumerate(upload.understanding.get("questions", [])):
        if not question["rows"]:
            told = question_in_words(question)
            choices = [(str(option["value"]), option["label"]) for option in told["options"]]
            few = choices if len(choices) <= MOST_BUTTONS else []
            asked.append(
                {
                    "id": f"q{number}",
                    "kind": question["kind"],
                    "text": told["text"],
                    "choices": few,
                    "typed": question["kind"] == "year",
                }
            )
    return asked


def _questions(upload: Upload) -> list[Group]:
    groups = []
    buttons = {one["id"]: one for one in questions_asked(upload)}
    for number, question in enumerate(upload.understanding.get("questions", [])):
        if question["rows"]:
            continue  # it stands at its rows
        rule = "missing_column" if question["kind"] == "missing" else question["kind"]
        said = say(rule, question["params"])
        place = _("column %(column)s") % {"column": question["column"]} if question["column"] else ""
        box = (
            for_all(upload, question["params"]["fields"][0], question["sheet"])
            if _is_missing(question)
            else None
        )
        asked = None if box else buttons[f"q{number}"]
        groups.append(Group(said.rule, place, said.remedy, "", 0, asked, box))
    return groups


def _is_missing(question: Mapping[str, Any]) -> bool:
    return question["kind"] == "missing"


def _columns(upload: Upload, problems: Sequence[Problem]) -> list[Group]:
    """What no cell of the sheet can mend: a value for all rows does, where the field has no column."""
    groups = []
    for (sheet, field, _rule), found in _without_cell(upload.understanding, upload.kind, problems).items():
        title, told, count = _told(found)
        place = place_of("", [one.row or 0 for one in found])
        box = for_all(upload, field, sheet)
        rows = () if box else _one_each(found)  # a box speaks of all rows of the file
        groups.append(Group(title, place, told, "", count, None, box, rows))
    return groups


def _told(found: Sequence[Problem]) -> tuple[str, str, int]:
    """Title, remedy and count of problems that are alike."""
    first = found[0]
    said = say(first.rule, {"field": first.field, "value": first.value} | first.params)
    count = sum(problem.count for problem in found)
    title = TITLES[first.rule](count) if first.rule in TITLES else said.rule
    return title, said.remedy if title == said.rule else str(said), count


def _cells(problems: Sequence[Problem]) -> list[Group]:
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.sheet, problem.rule, problem.column), []).append(problem)
    groups = []
    for (_sheet, _rule, column), found in alike.items():
        title, told, count = _told(found)
        place = place_of(column, [one.row or 0 for one in found])
        groups.append(Group(title, place, told, f"p{found[0].pk}", count, rows=_one_each(found)))
    return groups


def _one_each(found: Sequence[Problem]) -> tuple[str, ...]:
    """The first problem of each rule and field: what is left out with it are the rows of all alike."""
    first: dict[tuple[str, str, str], str] = {}
    for one in found:
        first.setdefault((one.rule, one.column, one.field), f"p{one.pk}")
    return tuple(first.values())


def _conflicts(upload: Upload) -> list[Group]:
    open_ones = [
        (number, one)
        for number, one in enumerate(upload.understanding.get("conflicts", []))
        if not one["choice"]
    ]
    if not open_ones or _asks_of_statement(upload.understanding):
        return []
    rows = [one["row"] for _number, one in open_ones]
    count = max(len(rows), upload.counts.get("conflicting", 0))
    return [
        Group(
            _("Known with other figures"),
            place_of("", rows),
            say("sent_by_other_side", {}).remedy
            if all(one.get("theirs") for _number, one in open_ones)
            else _("Keep the earlier one or use the new one; the earlier record stays readable."),
            f"c{open_ones[0][0]}",
            count,
        )
    ]


def place_of(column: str, rows: list[int]) -> str:
    """Say where something is: its column, and the first of its rows."""
    distinct = sorted(set(rows))
    named = ", ".join(str(row) for row in distinct[:ROWS_NAMED])
    more = " …" if len(distinct) > ROWS_NAMED else ""
    if column:
        said = ngettext("column %(column)s, row %(rows)s", "column %(column)s, rows %(rows)s", len(distinct))
    else:
        said = ngettext("row %(rows)s", "rows %(rows)s", len(distinct))
    return said % {"column": column, "rows": named + more}
