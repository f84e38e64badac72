"""Tasks as lists, to-do lists and pages read them, under the open scope."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from core.text import folded
from improvement.definitions import BY_CODE
from improvement.models import (
    Baseline,
    Side,
    Task,
    TaskAttachment,
    TaskComment,
    TaskEvent,
    TaskPart,
    TaskState,
    TaskStep,
)
from suppliers.access import Person
from suppliers.queries.selection import Selection

WORKING = (TaskState.OPEN, TaskState.IN_PROGRESS)


class DayThere(Func):
    """A moment as the day in the calendar of a task's customer, in the database."""

    template = "(%(expressions)s)::date"
    arg_joiner = " AT TIME ZONE "
    output_field = DateField()

    def __init__(self, moment: datetime) -> None:
        super().__init__(Value(moment, DateTimeField()), F("partnership__customer__zone"))


def today_of(task: Task, now: datetime) -> date:
    """Return the day in the calendar of a task's customer, which alone says what is overdue."""
    return now.astimezone(ZoneInfo(task.partnership.customer.zone)).date()


def late(now: datetime) -> Q:
    """Tasks whose change should have been in place before the customer's today."""
    return Q(state__in=WORKING, due_date__lt=DayThere(now))


def tasks_to_list() -> QuerySet[Task]:
    """Return visible tasks with all that a row of a list says: one query, and one for the parts."""
    parts = TaskPart.objects.select_related("part").order_by("part__number_key")
    next_step = TaskStep.objects.filter(task=OuterRef("pk"), done_at=None).order_by("position")
    comments = TaskComment.objects.filter(task=OuterRef("pk")).order_by().values("task")
    return (
        Task.objects.select_related(
            "partnership__customer", "partnership__supplier", "customer_owner__user", "supplier_owner__user"
        )
        .prefetch_related(Prefetch("task_parts", parts))
        .annotate(
            next_step=Subquery(next_step.values("code")[:1]),
            # When all steps are done, the customer closes.
            turn=Coalesce(Subquery(next_step.values("side")[:1]), Value(Side.CUSTOMER.value)),
            comment_count=Coalesce(Subquery(comments.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by("-pk")
    )


def in_order_of_need(tasks: QuerySet[Task], now: datetime) -> QuerySet[Task]:
    """Put what is overdue first, then what still runs by its due day, then what waits, then what is closed."""
    rank = Case(
        When(late(now), then=0),
        When(state__in=WORKING, then=1),
        When(state=TaskState.DONE, then=2),
        default=3,
        output_field=IntegerField(),
    )
    return tasks.annotate(rank=rank).order_by("rank", "due_date", "-number", "-pk")


def waiting_for(tasks: QuerySet[Task], person: Person, now: datetime) -> QuerySet[Task]:
    """Return the open ones of `tasks` that wait for this person.

    The next move is the owner's on the side whose turn it is, of a side without an owner every engineer's.
    What is overdue waits for both owners, whoever's turn it is.
    """
    own = person.organisation_id
    customer = Q(turn=Side.CUSTOMER, partnership__customer=own)
    supplier = Q(turn=Side.SUPPLIER, partnership__supplier=own)
    mine = (customer & Q(customer_owner=person)) | (supplier & Q(supplier_owner=person))
    if person.may_define:
        mine |= (customer & Q(customer_owner=None)) | (supplier & Q(supplier_owner=None))
    mine |= late(now) & (Q(customer_owner=person) | Q(supplier_owner=person))
    return tasks.exclude(state=TaskState.CLOSED).filter(mine)


def step_title(code: str | None) -> str:
    """Return a step in words; empty without one."""
    return BY_CODE[code].title if code else ""


@dataclass(frozen=True, slots=True)
class Needed:
    """A task that waits for somebody, as a to-do list says it."""

    pk: int
    number: str
    title: str
    state: str
    next_step: str  # its code; blank: all steps are done, it is to be closed
    due_date: date
    days_left: int  # below 0: overdue
    supplier_code: str
    customer_code: str

    @property
    def step(self) -> str:
        """The next step in words; empty where the task is to be closed."""
        return step_title(self.next_step)

    @property
    def overdue(self) -> bool:
        return self.days_left < 0 and self.state in WORKING


def tasks_needing(person: Person, now: datetime) -> list[Needed]:
    """Return the tasks that wait for this person (see `waiting_for`), overdue ones first. One query."""
    found = in_order_of_need(waiting_for(tasks_to_list(), person, now), now).prefetch_related(None)
    return [
        Needed(
            pk=task.pk,
            number=task.shown_number,
            title=task.title,
            state=task.state,
            next_step=task.next_step or "",  # type: ignore[attr-defined]  # annotated
            due_date=task.due_date,
            days_left=(task.due_date - today_of(task, now)).days,
            supplier_code=task.partnership.supplier.code,
            customer_code=task.partnership.customer.code,
        )
        for task in found
    ]


def count_needing(person: Person, now: datetime) -> int:
    """Return how many tasks wait for this person (see `waiting_for`)."""
    turn = TaskStep.objects.filter(task=OuterRef("pk"), done_at=None).order_by("position").values("side")[:1]
    tasks = Task.objects.annotate(turn=Coalesce(Subquery(turn), Value(Side.CUSTOMER.value)))
    return waiting_for(tasks, person, now).count()


def task_or_none(task_id: int) -> Task | None:
    """Return a visible task with what its page says."""
    return tasks_to_list().select_related("opened_by__user").filter(pk=task_id).first()


def baseline_of(task: Task) -> Baseline:
    """Return what was locked for the whole cell of a task."""
    return Baseline.objects.get(task=task, part=None)


def baselines_by_part(task: Task) -> list[Baseline]:
    """Return what was locked part by part, where a task has several."""
    rows = Baseline.objects.filter(task=task).exclude(part=None).select_related("part")
    return list(rows.order_by("part__number_key"))


def steps_of_task(task: Task) -> list[TaskStep]:
    return list(TaskStep.objects.filter(task=task).select_related("done_by__user").order_by("position"))


def comments_of(task: Task) -> QuerySet[TaskComment]:
    """Return what was said, the oldest first, without what the other side keeps to itself."""
    rows = TaskComment.objects.filter(task=task).select_related("written_by__user", "organisation")
    files = TaskAttachment.objects.order_by("pk")
    return rows.prefetch_related(Prefetch("attachments", files)).order_by("written_at", "pk")


def attachments_of(task: Task) -> QuerySet[TaskAttachment]:
    rows = TaskAttachment.objects.filter(task=task).select_related("added_by__user", "organisation")
    return rows.order_by("-pk")


def events_of(task: Task) -> QuerySet[TaskEvent]:
    """Return the history, the latest first."""
    rows = TaskEvent.objects.filter(task=task).select_related("by__user", "organisation")
    return rows.order_by("-at", "-pk")


def attachment_or_none(task_id: int, attachment_id: int) -> TaskAttachment | None:
    return TaskAttachment.objects.filter(task=task_id, pk=attachment_id).first()


def tasks_called(words: str, selection: Selection, *, at_most: int) -> list[Task]:
    """Return tasks of a selection by their number (``T-0138``, ``138``) or by words of their title."""
    number = re.fullmatch(r"(?:t-?)?0*(\d{1,8})", folded(words))
    called = Q(title__icontains=words.strip())
    if number:
        called |= Q(number=int(number[1]))
    return list(tasks_to_list().filter(called, partnership__in=selection.partnerships)[:at_most])


def counts_of(tasks: QuerySet[Task], person: Person, now: datetime) -> dict[str, int]:
    """Count tasks: all, running, closed, overdue, and those that wait for a person. Two queries."""
    bare = tasks.prefetch_related(None).order_by()
    counted = bare.aggregate(
        all=Count("pk"),
        running=Count("pk", filter=Q(state__in=WORKING)),
        closed=Count("pk", filter=Q(state=TaskState.CLOSED)),
        overdue=Count("pk", filter=late(now)),
    )
    return counted | {"waiting": waiting_for(bare, person, now).count()}


def step_of(task: Task, code: str) -> TaskStep | None:
    return TaskStep.objects.filter(task=task, code=code).first()


def tasks_opened_as(reference: str, *, by: Person) -> list[Task]:
    """Return the task that a person opened under a reference of theirs, if it is there."""
    return list(Task.objects.filter(opened_by=by, reference=reference))
