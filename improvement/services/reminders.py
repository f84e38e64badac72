"""Telling owners that a task is due soon or overdue: once each, however often this runs."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from improvement.models import Task
from improvement.queries.tasks import WORKING
from improvement.services import letters
from suppliers import access

SOON = timedelta(days=7)


def remind_of_due_tasks(*, now: datetime) -> int:
    """Write the reminders that are due, and return for how many tasks.

    The day is that of the customer's calendar. A letter that was written is not written again: its
    subject key holds the task, the due day and the person.
    """
    latest = (now + timedelta(days=1)).date() + SOON  # no zone is further than a day ahead
    with access.looking_as_house("remind the owners of all tasks that are due"):
        tasks = Task.objects.filter(state__in=WORKING, due_date__lte=latest)
        reminded = 0
        for task in tasks.select_related("partnership__customer", "customer_owner", "supplier_owner"):
            today = _today(task, now)
            if task.due_date - today <= SOON:
                letters.remind(task, overdue=task.due_date < today, now=now)
                reminded += 1
    return reminded


def _today(task: Task, now: datetime) -> date:
    return now.astimezone(ZoneInfo(task.partnership.customer.zone)).date()
