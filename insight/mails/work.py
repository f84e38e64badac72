"""Improvement tasks in a mail: how many run, which are overdue, and all of them in order of need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from improvement.queries import in_order_of_need, tasks_to_list, today_of
from insight.mails.asked import Asked
from insight.mails.story import Link, Need, Row, Table
from insight.mails.words import clauses

ROWS_OF_TABLE = 10


@dataclass(frozen=True, slots=True)
class Running:
    """A task that is not closed."""

    pk: int
    number: str
    title: str
    state: str
    next_step: str
    due: date
    days_late: int  # 0: not overdue
    whose: str  # the other side's name


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks in view: those not closed in order of need, and all of them as rows of a workbook."""

    running: Sequence[Running]
    rows: Sequence[tuple[Any, ...]]

    @property
    def late(self) -> list[Running]:
        return [one for one in self.running if one.days_late]


def tasks_of(ask: Asked) -> Tasks:
    """Read the tasks that the mail's scope holds. Two queries."""
    found = tasks_to_list()
    own = ask.person.organisation_id
    if ask.of_customer:
        found = found.filter(partnership__customer=own)
        if ask.view.suppliers is not None:
            found = found.filter(partnership__supplier__code__in=ask.view.suppliers)
    else:
        found = found.filter(partnership__supplier=own)
        if ask.view.customer:
            found = found.filter(partnership__customer__code=ask.view.customer)
    tasks = list(in_order_of_need(found, ask.now))
    running = [_running(task, ask) for task in tasks if task.state != "closed"]
    return Tasks(running, [_row_of(task) for task in tasks])


def _running(task: Any, ask: Asked) -> Running:
    other = task.partnership.supplier if ask.of_customer else task.partnership.customer
    days = (today_of(task, ask.now) - task.due_date).days
    return Running(
        pk=task.pk,
        number=task.shown_number,
        title=task.title,
        state=task.get_state_display(),
        next_step=task.next_step or "",
        due=task.due_date,
        days_late=max(days, 0) if task.state in {"open", "in_progress"} else 0,
        whose=other.shown_name,
    )


def _row_of(task: Any) -> tuple[Any, ...]:
    owners = [str(one.user) if one else "" for one in (task.customer_owner, task.supplier_owner)]
    return (
        task.shown_number, task.title, task.get_kind_display(), task.get_state_display(), task.due_date,
        task.next_step or "", task.partnership.customer.code, task.partnership.supplier.code, *owners,
        task.opened_at.date(), task.closed_at.date() if task.closed_at else None,
    )  # fmt: skip


def sentence_of(found: Tasks) -> str:
    """Say how many run, and how many of them are overdue."""
    count, late = len(found.running), len(found.late)
    if not count:
        return _("no improvement task is open")
    told = ngettext("%(n)s improvement task open", "%(n)s improvement tasks open", count) % {"n": count}
    overdue = ngettext("%(n)s overdue", "%(n)s overdue", late) % {"n": late} if late else _("none overdue")
    return clauses([told, overdue])


def calm_of(found: Tasks) -> str:
    if found.late:
        return _("Overdue ones come first.")
    return _("Nothing is late.") if found.running else _("Open one from any figure that needs it.")


def line_of(found: Tasks, ask: Asked) -> Link | None:
    """Return the tasks in one line of another mail; None where there never was one."""
    return Link(sentence_of(found), ask.link(reverse("tasks"))) if found.rows else None


def overdue(found: Tasks, ask: Asked) -> list[Need]:
    """Return what is overdue as things to look after, the oldest first."""
    return [
        Need(
            "bad",
            _("%(number)s %(title)s: overdue") % {"number": one.number, "title": one.title},
            _("%(who)s, due %(day)s, %(late)s late.")
            % {
                "who": one.whose,
                "day": formatting.day(one.due),
                "late": formatting.days(one.days_late, 0),
            },
            Link(_("Open the task"), ask.link(reverse("task", args=[one.pk]))),
        )
        for one in found.late
    ]


def table_of(found: Tasks, ask: Asked) -> Table | None:
    """Return the tasks that are not closed, in order of need, ten at most."""
    if not found.running:
        return None
    rows = [
        Row(
            name=f"{one.number} {one.title}",
            url=ask.link(reverse("task", args=[one.pk])),
            value=formatting.day(one.due),
            note=clauses([one.whose, one.next_step]),
            word=_("overdue") if one.days_late else one.state,
            state="bad" if one.days_late else "none",
        )
        for one in found.running[:ROWS_OF_TABLE]
    ]
    left = len(found.running) - ROWS_OF_TABLE
    more = (
        ngettext("%(n)s more in the workbook", "%(n)s more in the workbook", left) % {"n": left}
        if left > 0
        else ""
    )
    return Table(_("Improvement tasks by due day"), _("Day: when the change is due."), rows, more)
