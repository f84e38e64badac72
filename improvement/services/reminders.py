"""Telling owners that a task is due soon or overdue: once each, however often this runs."""

from datetime import datetime, timedelta

from improvement.models import Task
from improvement.queries.tasks import WORKING, today_of
from improvement.services import letters
from outbox.queries import written_of
from suppliers import access

SOON = timedelta(days=7)


def remind_of_due_tasks(*, now: datetime) -> int:
    """Write the reminders that are due and not written yet; return of how many tasks.

    The day is that of the customer's calendar. Without a new reminder this takes three queries, however
    many tasks are due.
    """
    latest = (now + timedelta(days=1)).date() + SOON  # no zone is further than a day ahead
    with access.looking_as_house("remind the owners of all tasks that are due"):
        found = Task.objects.filter(state__in=WORKING, due_date__lte=latest)
        left = {
            task: task.due_date - today_of(task, now)
            for task in found.select_related("partnership__customer").order_by("pk")
        }
        due = {task: days < timedelta(0) for task, days in left.items() if days <= SOON}  # is it overdue
        owners = letters.owners_of(due)
        wanted = {
            letters.subject_key_of_reminder(task, person, overdue=overdue): (task, person, overdue)
            for task, overdue in due.items()
            for person in owners[task.pk]
        }
        written = written_of(wanted)
        new = [one for key, one in wanted.items() if key not in written]
        for task, person, overdue in new:
            letters.remind(task, person, overdue=overdue, now=now)
    return len({task for task, *_ in new})
