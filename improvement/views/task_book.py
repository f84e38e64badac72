"""The list of tasks as a workbook: all rows of the page's filters, in the page's order."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import workbook
from core.chips import Chip
from core.lead import Lead
from core.lists import made_at
from core.workbook import CODE, COUNT, DAY, LONG, Heading, Sheet, Workbook
from improvement.models import Task
from improvement.queries.tasks import WORKING, today_of
from improvement.views.words import cell_words, label, owner_name, turn_words

AT_ONCE = 2_000  # rows read at a time
NARROWING = ("supplier", "customer", "part", "kpi")  # filters that have no chip


def download(
    tasks: QuerySet[Task],
    *,
    lead: Lead,
    chips: Sequence[Chip],
    given: dict[str, list[str]],
    address: str,
    now: datetime,
) -> FileResponse:
    """Answer with `tasks`; `given` is what the list's address says, `address` the same list on a page."""
    about = [
        *((chip.name, chip.value) for chip in chips),
        *((name, ", ".join(given[name])) for name in NARROWING if given.get(name)),
        (_("In words"), strip_tags(lead.text)),
        *made_at(address),
    ]
    title = _("Improvement tasks")
    book = Workbook(title, about, [Sheet(title, _headings(), _rows(tasks, now))])
    return workbook.download(book, day=now.date())


def _headings() -> list[Heading]:
    return [
        Heading(pgettext("improvement", "Task"), CODE),
        Heading(_("Title"), LONG),
        Heading(_("Kind")),
        Heading(pgettext("of a task", "State")),
        Heading(_("Aims at"), LONG),
        Heading(_("Supplier")),
        Heading(_("Customer")),
        Heading(_("Now"), LONG),
        Heading(_("Owner at the supplier")),
        Heading(_("Owner at the customer")),
        Heading(pgettext("date of a task", "Due"), DAY),
        Heading(_("Days overdue"), COUNT),
        Heading(pgettext("how many", "Comments"), COUNT),
    ]


def _rows(tasks: QuerySet[Task], now: datetime) -> Iterator[Sequence[Any]]:
    for task in tasks.iterator(chunk_size=AT_ONCE):
        days = (today_of(task, now) - task.due_date).days
        yield [
            task.shown_number,
            task.title,
            label(task, "kind"),
            label(task, "state"),
            cell_words(task),
            task.partnership.supplier.shown_name,
            task.partnership.customer.shown_name,
            turn_words(task),
            owner_name(task, "supplier"),
            owner_name(task, "customer"),
            task.due_date,
            days if days > 0 and task.state in WORKING else None,
            task.comment_count,  # type: ignore[attr-defined]  # annotated
        ]
