"""Tasks in words: rows of lists, the sentence on top, baselines as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import formatting
from core.lead import Lead, joined
from core.period import Period
from improvement.definitions import BY_CODE
from improvement.models import Baseline, Outcome, Side, Task, TaskState, Trigger
from improvement.queries.cells import Draft, nonconforming_of
from improvement.queries.tasks import WORKING
from kpis.definitions import READINGS, definition
from kpis.queries import wording
from kpis.queries.readings import REASONS, Reading

SOON = 7  # days
STATES = {"open": "", "in_progress": "tag-here", "done": "tag-watch", "closed": ""}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in a list."""

    number: str
    title: str
    url: str
    kind: str
    cell: str
    supplier: str
    state: str
    state_class: str
    turn: str
    owners: str
    due: str
    late: str  # in words; empty where nothing is late
    late_state: str  # bad, watch
    comments: int


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """What was locked, or would be, as one line of a table."""

    label: str
    value: str
    interval: str
    n: str
    nonconforming: str
    days: str
    note: str


def task_row(task: Task, today: date) -> TaskRow:
    late, state = lateness(task, today)
    return TaskRow(
        number=task.shown_number,
        title=task.title,
        url=reverse("task", args=[task.pk]),
        kind=label(task, "kind"),
        cell=cell_words(task),
        supplier=task.partnership.supplier.shown_name,
        state=label(task, "state"),
        state_class=STATES[task.state],
        turn=turn_words(task),
        owners=_(", ").join(owner for owner in (owner_name(task, "supplier"), owner_name(task, "customer")) if owner),
        due=formatting.day(task.due_date, today),
        late=late,
        late_state=state,
        comments=task.comment_count,  # type: ignore[attr-defined]  # annotated
    )  # fmt: skip


def label(task: Task, field: str) -> str:
    """Return a choice of a task in the reader's language."""
    return str(getattr(task, f"get_{field}_display")())


def owner_name(task: Task, side: str) -> str:
    owner = getattr(task, f"{side}_owner")
    return str(owner.user) if owner else ""


def lateness(task: Task, today: date) -> tuple[str, str]:
    """Say how late a task is, or how near its due day; nothing once its change is in place."""
    left = (task.due_date - today).days
    if task.state not in WORKING or left > SOON:
        return "", ""
    if left < 0:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", -left) % {"n": -left}, "bad"
    if left == 0:
        return _("due today"), "watch"
    return ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}, "watch"


def kpi_words(kpi: str, stage: str) -> str:
    """Return a KPI with its reading: ``Pass rate, pieces · Reported``."""
    title = str(definition(kpi).title)
    return f"{title} · {READINGS[stage]}" if stage else title


def cell_words(task: Task) -> str:
    """Return the KPI and the parts a task aims at."""
    return _(" · ").join([kpi_words(task.kpi, task.stage), parts_words(part_numbers(task))])


def part_numbers(task: Task) -> list[str]:
    return [row.part.number for row in task.task_parts.all()]


def parts_words(numbers: Sequence[str]) -> str:
    """Name the first part and count the rest; without any, the whole supply."""
    if not numbers:
        return _("all its parts")
    more = len(numbers) - 1
    if not more:
        return numbers[0]
    return ngettext("%(part)s and %(n)s more part", "%(part)s and %(n)s more parts", more) % {
        "part": numbers[0],
        "n": more,
    }


def turn_words(task: Task) -> str:
    """Say whose move is next, and in which step."""
    if task.state == TaskState.CLOSED:
        return label(task, "outcome")
    code = task.next_step  # type: ignore[attr-defined]  # annotated
    if code is None:
        if task.state == TaskState.DONE:
            return _("To be closed by the customer")
        return _("All steps done: say when the change was in place")
    words = {
        Side.SUPPLIER: _("%(step)s: the supplier's turn"),
        Side.CUSTOMER: _("%(step)s: the customer's turn"),
    }
    return words[task.turn] % {"step": BY_CODE[code].title}  # type: ignore[attr-defined]


def list_lead(counts: dict[str, int]) -> Lead:
    """Say how many tasks run, how many are late, how many wait for the reader."""
    if not counts["all"]:
        return Lead(joined(_("No improvement task has been opened yet.")))
    running = ngettext(
        "%(n)s improvement task is running.", "%(n)s improvement tasks are running.", counts["running"]
    )
    words = [running % {"n": counts["running"]}]
    if counts["overdue"]:
        told = ngettext("%(n)s is overdue.", "%(n)s are overdue.", counts["overdue"])
        words.append(told % {"n": counts["overdue"]})
    if counts["waiting"]:
        told = ngettext("%(n)s waits for you.", "%(n)s wait for you.", counts["waiting"])
        words.append(told % {"n": counts["waiting"]})
    return Lead(joined(*words), "bad" if counts["overdue"] else "")


def task_lead(task: Task, baseline: Reading, since: Reading | None, today: date) -> Lead:
    """Say where the task stands, what its baseline was, and what the cell reads since."""
    late, tone = lateness(task, today)
    words = [standing(task)]
    if late:
        words.append(_("Due %(day)s: %(late)s.") % {"day": formatting.day(task.due_date), "late": late})
    elif task.state in WORKING:
        words.append(_("Due %(day)s.") % {"day": formatting.day(task.due_date)})
    words.append(baseline_sentence(baseline))
    if since is not None and since.value is not None and baseline.value is not None:
        told = _("Since then %(value)s (%(n)s): a reading, not yet a proof.")
        words.append(told % {"value": wording.written(since), "n": counted(since)})
    return Lead(joined(*words), tone)


def standing(task: Task) -> str:
    if task.state == TaskState.CLOSED:
        told = _("Closed: %(outcome)s.") % {"outcome": label(task, "outcome")}
        if task.outcome == Outcome.AWAITS_PROOF and task.end_date:
            ended = _("The change was in place on %(day)s.") % {"day": formatting.day(task.end_date)}
            return joined(told, ended)
        return told
    if task.state == TaskState.DONE:
        return _("The change has been in place since %(day)s; the customer is to close the task.") % {
            "day": formatting.day(task.end_date)
        }
    return _("%(turn)s.") % {"turn": turn_words(task)}


def baseline_sentence(baseline: Reading) -> str:
    if baseline.value is None:
        told = _("No baseline: this cell had no data before the task (%(reason)s).")
        return told % {"reason": baseline.reason_text}
    return _("Baseline %(value)s (%(n)s).") % {"value": wording.written(baseline), "n": counted(baseline)}


def figure_sentence(figure: Reading) -> str:
    """Say what the days that open a task read."""
    days = formatting.day_range(figure.period.first, figure.period.last)
    if figure.value is None:
        return _("No figure for %(days)s: %(reason)s.") % {"days": days, "reason": figure.reason_text}
    told = {"days": days, "value": wording.written(figure)}
    if figure.n is None:
        return _("%(days)s: %(value)s.") % told
    return _("%(days)s: %(value)s (%(n)s).") % (told | {"n": counted(figure)})


def counted(one: Reading) -> str:
    """Return n with its measure word, or the days of a figure of stock."""
    if one.n is None:
        return formatting.day_range(one.period.first, one.period.last)
    return f"n = {wording.written_n(one)}"


def as_reading(locked: Baseline | Draft, stage: str) -> Reading:
    """Return what was locked as a reading, to be written like any other."""
    return Reading(
        by={},
        label="",
        value=locked.value,
        low=locked.low,
        high=locked.high,
        n=locked.n,
        n_lots=locked.n_lots,
        numerator=locked.x,
        definition=locked.definition,
        version=locked.definition_version,
        period=Period(locked.first_day, locked.last_day),
        reason=locked.reason if locked.reason in REASONS else "",
        preliminary=locked.preliminary,
        stage=stage or None,
        data_until=locked.data_until,
        details=dict(locked.details),
    )


def reading_row(name: str, one: Reading, *, x: int | None, note: str = "") -> BaselineRow:
    """Return a reading as a line of the table of baselines."""
    notes = [note, one.reason_text, _("preliminary") if one.preliminary and one.value is not None else ""]
    return BaselineRow(
        label=name,
        value=wording.written(one) if one.value is not None else formatting.NONE,
        interval=wording.written_interval(one) if one.low is not None else "",
        n=wording.written_n(one) if one.n else "",
        nonconforming=formatting.decimal(x) if x is not None and one.value is not None else "",
        days=formatting.day_range(one.period.first, one.period.last),
        note=_("; ").join(word for word in notes if word),
    )


def locked_row(locked: Baseline | Draft, stage: str, name: str) -> BaselineRow:
    """Return a baseline as a line of a table."""
    return reading_row(name, as_reading(locked, stage), x=locked.x)


def left_out_row(locked: Baseline | Draft, figure: Reading | None = None) -> BaselineRow:
    """Return the days that opened the task, which count neither before nor after, with what they read."""
    why = {
        Trigger.PLANNED: _("planned: the 56 days before it was opened"),
        Trigger.RANKING: _("the period whose figure opened it"),
        Trigger.WARNING: _("the warning that opened it"),
    }
    note = why[Trigger(locked.trigger)]
    if figure is not None:
        told = _("%(why)s; left out of the baseline") % {"why": note}
        return reading_row(pgettext("of a task", "Figure"), figure, x=nonconforming_of(figure), note=told)
    days = formatting.day_range(locked.trigger_from, locked.trigger_to)
    return BaselineRow(_("Left out"), formatting.NONE, "", "", "", days, note)
