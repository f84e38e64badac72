"""Improvement tasks in a mail: how many run, which are overdue, and which were closed of late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from improvement.queries import in_order_of_need, step_title, tasks_to_list
from insight.mails.asked import Asked
from insight.mails.story import Link, Need, Row, Table
from insight.mails.words import clauses

ROWS_OF_TABLE = 10
TASKS_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Running:
    """A task that is not closed."""

    pk: int
    number: str
    title: str
    state: str
    next_step: str  # in words
    due: date
    days_late: int  # by the calendar of its customer; 0: not overdue
    whose: str  # the other side's name

    @property
    def overdue(self) -> bool:
        return self.days_late > 0


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks of a mail: those not closed in order of need, and as rows of a workbook those closed since, too.

    `running` and `rows` come from the first 2,000; the counts are of all.
    """

    running: Sequence[Running]
    rows: Sequence[tuple[Any, ...]]
    running_count: int
    late_count: int
    left_out: int

    @property
    def late(self) -> list[Running]:
        return [one for one in self.running if one.overdue]


def tasks_of(ask: Asked) -> Tasks:
    """Read the tasks in the mail's scope that run, or were closed in its period or since.

    Two queries; two more where there are more than a workbook takes.
    """
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
    found = found.filter(~Q(state="closed") | Q(closed_at__gte=_start_anywhere(ask.period.first)))
    tasks = list(in_order_of_need(found, ask.now)[: TASKS_AT_MOST + 1])
    kept = [one for one in tasks[:TASKS_AT_MOST] if not _closed_before(one, ask.period.first)]
    running = [_running(one, ask) for one in kept if one.state != "closed"]
    count, late = len(running), sum(one.overdue for one in running)
    left_out = 0
    if len(tasks) > TASKS_AT_MOST:
        left_out = found.count() - TASKS_AT_MOST
        known = found.exclude(state="closed").values_list("state", "due_date", "partnership__customer__zone")
        days = [_days_late(state, due, zone, ask) for state, due, zone in known.order_by()]
        count, late = len(days), sum(one > 0 for one in days)
    return Tasks(running, [_row_of(one) for one in kept], count, late, left_out)


def _start_anywhere(day: date) -> datetime:
    """Return when a day begins where it begins first."""
    return datetime.combine(day, time.min, UTC) - timedelta(hours=14)


def _closed_before(task: Any, day: date) -> bool:
    """Say whether a task was closed before a day of its customer's calendar."""
    return task.state == "closed" and _day_of(task.closed_at, task) < day


def _day_of(moment: datetime, task: Any) -> date:
    return moment.astimezone(ZoneInfo(task.partnership.customer.zone)).date()


def _days_late(state: str, due: date, zone: str, ask: Asked) -> int:
    """Return by how many days of its customer's calendar a change is overdue."""
    today = ask.now.astimezone(ZoneInfo(zone)).date()
    return max((today - due).days, 0) if state in {"open", "in_progress"} else 0


def _running(task: Any, ask: Asked) -> Running:
    other = task.partnership.supplier if ask.of_customer else task.partnership.customer
    return Running(
        pk=task.pk,
        number=task.shown_number,
        title=task.title,
        state=task.get_state_display(),
        next_step=step_title(task.next_step),
        due=task.due_date,
        days_late=_days_late(task.state, task.due_date, task.partnership.customer.zone, ask),
        whose=other.shown_name,
    )


def _row_of(task: Any) -> tuple[Any, ...]:
    owners = [str(one.user) if one else "" for one in (task.customer_owner, task.supplier_owner)]
    return (
        task.shown_number, task.title, task.get_kind_display(), task.get_state_display(), task.due_date,
        step_title(task.next_step), task.partnership.customer.code, task.partnership.supplier.code, *owners,
        _day_of(task.opened_at, task), _day_of(task.closed_at, task) if task.closed_at else None,
    )  # fmt: skip


def sentence_of(found: Tasks) -> str:
    """Say how many run, and how many of them are overdue."""
    count, late = found.running_count, found.late_count
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
    """Return the tasks in one line of another mail; None where none runs and none was closed of late."""
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
            word=_("overdue") if one.overdue else one.state,
            state="bad" if one.overdue else "none",
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
