"""Problems of one file gathered for its summary: one line for what is wrong in the same way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.models import Problem, Upload
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
    """

    title: str
    place: str
    remedy: str
    first: str
    count: int
    asked: dict[str, Any] | None = None


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
    "date_ambiguous": _dates,
    "not_a_number": _numbers,
    "count_in_words": _numbers,
    "part_unknown": _parts,
    "part_not_supplied": _parts,
    "row_of_several": _whose,
    "organisation_unknown": _whose,
    "nonconforming_above_inspected": _above,
    "missing": _missing,
}


def groups_of(upload: Upload, problems: Sequence[Problem]) -> list[Group]:
    """Return the groups of an upload: questions about the sheet first, then cells, then conflicts."""
    return [*_questions(upload), *_cells(problems), *_conflicts(upload)]


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
        groups.append(Group(said.rule, place, said.remedy, "", 0, buttons[f"q{number}"]))
    return groups


def _cells(problems: Sequence[Problem]) -> list[Group]:
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.sheet, _family(problem.rule), problem.column), []).append(problem)
    groups = []
    for (_sheet, _rule, column), found in alike.items():
        first = found[0]
        said = say(first.rule, {"field": first.field, "value": first.value} | first.params)
        count = sum(problem.count for problem in found)
        title = TITLES[first.rule](count) if first.rule in TITLES else said.rule
        told = said.remedy if title == said.rule else str(said)
        groups.append(
            Group(title, _place(column, [one.row or 0 for one in found]), told, f"p{first.pk}", count)
        )
    return groups


def _family(rule: str) -> str:
    """Rules that a reader sees as one."""
    return "date" if rule.startswith("date_") else rule


def _conflicts(upload: Upload) -> list[Group]:
    open_ones = [
        (number, one)
        for number, one in enumerate(upload.understanding.get("conflicts", []))
        if not one["choice"]
    ]
    if not open_ones:
        return []
    rows = [one["row"] for _number, one in open_ones]
    count = max(len(rows), upload.counts.get("conflicting", 0))
    return [
        Group(
            _("Known with other figures"),
            _place("", rows),
            say("sent_by_other_side", {}).remedy
            if all(one.get("theirs") for _number, one in open_ones)
            else _("Keep the earlier one or use the new one; the earlier record stays readable."),
            f"c{open_ones[0][0]}",
            count,
        )
    ]


def _place(column: str, rows: list[int]) -> str:
    named = ", ".join(str(row) for row in sorted(set(rows))[:ROWS_NAMED])
    more = " …" if len(set(rows)) > ROWS_NAMED else ""
    if not column:
        return _("rows %(rows)s") % {"rows": named + more}
    return _("column %(column)s, rows %(rows)s") % {"column": column, "rows": named + more}
