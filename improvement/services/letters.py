"""Letters about tasks: to those concerned, in their language, never to who did it, never across a curtain."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

import outbox.services as outbox
from core import formatting
from improvement.models import Task, TaskComment, TaskEvent
from suppliers.access import Person
from suppliers.queries import people_of_organisations

EXCERPT = 400  # characters of a comment in a letter; the rest is one click away


def tell_opened(task: Task, *, by: Person, now: datetime) -> None:
    """A task was opened: both sides are to know."""
    for person in concerned(task, without=by):
        with translation.override(person.user.language):
            who = {"who": str(by.user), "organisation": by.organisation.shown_name}
            said = _("%(who)s (%(organisation)s) has opened an improvement task.") % who
            _write(task, person, f"opened:{person.pk}", said, now=now)


def tell_assigned(task: Task, person: Person, *, by: Person, now: datetime) -> None:
    """Somebody has become the owner of a task on their side."""
    if person.pk == by.pk or not _reachable(person):
        return
    with translation.override(person.user.language):
        said = _("%(who)s has made you the owner of this improvement task on your side.")
        _write(task, person, f"assigned:{task.version}:{person.pk}", said % {"who": str(by.user)}, now=now)


def tell_commented(task: Task, comment: TaskComment, *, by: Person, now: datetime) -> None:
    """Somebody said something; what is kept to one organisation goes to that one alone."""
    for person in concerned(task, without=by):
        if comment.own_only and person.organisation_id != comment.organisation_id:
            continue
        with translation.override(person.user.language):
            said = _("%(who)s wrote:") % {"who": str(by.user)}
            excerpt = comment.text[:EXCERPT] + ("…" if len(comment.text) > EXCERPT else "")
            _write(task, person, f"comment:{comment.pk}:{person.pk}", f"{said}\n{excerpt}", now=now)


def tell_state(task: Task, event: TaskEvent, *, by: Person, now: datetime) -> None:
    """A task was set done, closed or opened again."""
    for person in concerned(task, without=by):
        with translation.override(person.user.language):
            state = str(task.get_state_display())
            said = _("%(who)s has set this improvement task to “%(state)s”.")
            told = [said % {"who": str(by.user), "state": state}]
            if task.outcome:
                told += [str(task.get_outcome_display()), task.outcome_text[:EXCERPT]]
            words = "\n".join(one for one in told if one)
            _write(task, person, f"state:{event.pk}:{person.pk}", words, now=now)


def remind(task: Task, person: Person, *, overdue: bool, now: datetime) -> None:
    """Tell an owner that a task is due within a week, or that it is overdue."""
    with translation.override(person.user.language):
        told = (
            _("This improvement task was due on %(day)s and is not done.")
            if overdue
            else _("This improvement task is due on %(day)s.")
        )
        key = _reminder(task, person, overdue=overdue)
        _write(task, person, key, told % {"day": formatting.day(task.due_date)}, now=now)


def subject_key_of_reminder(task: Task, person: Person, *, overdue: bool) -> str:
    """Return what a reminder is about: a task, its due day, an owner, before or after that day."""
    return _subject_key(task, _reminder(task, person, overdue=overdue))


def _reminder(task: Task, person: Person, *, overdue: bool) -> str:
    what = "overdue" if overdue else "due_soon"
    return f"{what}:{task.due_date.isoformat()}:{person.pk}"


def _subject_key(task: Task, key: str) -> str:
    return f"task:{task.pk}:{key}"


def concerned(task: Task, *, without: Person) -> list[Person]:
    """Return who gets letters about a task: its owners, who opened it, who spoke on it; each once."""
    spoke = TaskComment.objects.filter(task=task).values("written_by")
    ids = set(spoke.values_list("written_by", flat=True)) | {task.opened_by_id}
    found = {person.pk: person for person in owners_of([task])[task.pk]}
    spoken = people_of_organisations(_organisations(task)).filter(pk__in=ids)
    found |= {person.pk: person for person in spoken}
    found.pop(without.pk, None)
    return [person for person in found.values() if _reachable(person)]


def owners_of(tasks: Collection[Task]) -> dict[int, list[Person]]:
    """Return who owns each task, by its id: of a side without an owner, those who look after its people.

    One query, however many tasks; their partnerships are to be read along.
    """
    organisations = {one for task in tasks for one in _organisations(task)}
    named = {one for task in tasks for one in (task.customer_owner_id, task.supplier_owner_id)}
    people = people_of_organisations(organisations).filter(Q(pk__in=named - {None}) | Q(role="owner"))
    of_side: dict[int, list[Person]] = defaultdict(list)
    for person in people:
        of_side[person.organisation_id].append(person)
    return {
        task.pk: [
            person
            for organisation, owner in zip(
                _organisations(task), (task.customer_owner_id, task.supplier_owner_id), strict=True
            )
            for person in _owners(of_side[organisation], owner)
        ]
        for task in tasks
    }


def _organisations(task: Task) -> tuple[int, int]:
    return task.partnership.customer_id, task.partnership.supplier_id


def _owners(people: list[Person], owner_id: int | None) -> list[Person]:
    named = [person for person in people if person.pk == owner_id]
    found = named or [person for person in people if person.role == "owner"]
    return [person for person in found if _reachable(person)]


def _reachable(person: Person) -> bool:
    return person.left_at is None and bool(person.user.email)


def _write(task: Task, person: Person, key: str, said: str, *, now: datetime) -> None:
    """Write one letter in the language that is active; the same key never makes a second one."""
    number = task.shown_number
    words = {
        "said": said,
        "number": number,
        "title": task.title,
        "due": formatting.day(task.due_date),
        "link": settings.SITE_URL + reverse("task", args=[task.pk]),
    }
    finding = said.splitlines()[0].rstrip(":：.。")
    assert person.user.email is not None  # reachable
    outbox.write_letter(
        subject_key=_subject_key(task, key),
        to=person.user.email,
        language=person.user.language,
        subject=(_("%(number)s %(title)s: %(finding)s") % (words | {"finding": finding}))[:240],
        text=render_to_string("improvement/mail/task.txt", words),
        organisation_id=person.organisation_id,
        now=now,
    )
