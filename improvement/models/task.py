"""An improvement task on a partnership: the cell it aims at, its locked baseline, its steps."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.scope import Scope, ScopedManager


class TaskKind(models.TextChoices):
    EIGHT_D = "eight_d", _("8D")
    LEAN = "lean", pgettext_lazy("kind of task", "Lean")
    AUTOMATION = "automation", pgettext_lazy("kind of task", "Automation")
    DIGITALISATION = "digitalisation", pgettext_lazy("kind of task", "Digitalisation")


class TaskState(models.TextChoices):
    OPEN = "open", pgettext_lazy("state of a task", "Open")
    IN_PROGRESS = "in_progress", pgettext_lazy("state of a task", "In progress")
    DONE = "done", pgettext_lazy("state of a task", "Done")
    CLOSED = "closed", pgettext_lazy("state of a task", "Closed")


class Outcome(models.TextChoices):
    """What came of a task. Whether it worked is for its proof to say, never for a person."""

    AWAITS_PROOF = "awaits_proof", _("Awaits proof")
    NOT_CARRIED_OUT = "not_carried_out", _("Not carried out")
    MERGED = "merged", _("Taken into another task")


class Trigger(models.TextChoices):
    """Why a task was opened, which says the days that its baseline leaves out (R1)."""

    PLANNED = "planned", _("Planned")
    RANKING = "ranking", _("A figure of a period")
    WARNING = "warning", _("A warning")


class Side(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    SUPPLIER = "supplier", _("Supplier")


class TaskCount(models.Model):
    """The last task number that a customer has given out: its row is the lock for the next one."""

    customer = models.OneToOneField(
        "suppliers.Organisation", models.PROTECT, primary_key=True, related_name="+"
    )
    last_number = models.PositiveIntegerField()

    objects = ScopedManager.over(models.QuerySet, visible=lambda scope: Q(customer=scope.organisation))


class TaskQuerySet(models.QuerySet):
    def still_open(self):
        """Tasks in which somebody still has something to do."""
        return self.exclude(state=TaskState.CLOSED)


class Task(models.Model):
    """Improvement work that both ends of a partnership share, aimed at one cell of a KPI.

    The cell is a KPI in one reading, on the partnership, for the parts of `TaskPart`, or all of them.
    """

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # counted per customer: T-0138
    kind = models.CharField(max_length=16, choices=TaskKind)
    state = models.CharField(max_length=12, choices=TaskState, default=TaskState.OPEN)
    kpi = models.CharField(max_length=40)
    stage = models.CharField(max_length=10, blank=True)  # outgoing, incoming, corrected; blank: it has none
    options = models.JSONField(default=dict, blank=True)  # average, prices, scope, unit of the reading
    title = models.CharField(max_length=200)
    problem = models.TextField(blank=True)
    target = models.CharField(max_length=300, blank=True)  # in words
    target_value = models.FloatField(null=True, blank=True)  # the same in the unit of the KPI
    customer_owner = models.ForeignKey(
        "suppliers.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    supplier_owner = models.ForeignKey(
        "suppliers.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_date = models.DateField()
    version = models.PositiveIntegerField(default=1)  # of all that people edit above
    opened_by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)  # the last day of the change itself
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    outcome_text = models.TextField(blank=True)
    # What its opener calls it elsewhere, such as in a plan that is loaded.
    reference = models.CharField(max_length=120, blank=True, db_collation="C")

    objects = ScopedManager.over(TaskQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="improvement_task_number_once"),
            models.UniqueConstraint(fields=["partnership", "id"], name="improvement_task_parent"),
            models.UniqueConstraint(
                fields=["opened_by", "reference"],
                condition=~Q(reference=""),
                name="improvement_task_reference_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="improvement_task_closed_says_what_came",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="awaits_proof") | Q(end_date__isnull=False),
                name="improvement_task_proof_needs_end",
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "state", "due_date"], name="improvement_task_list"),
        ]

    def __str__(self) -> str:
        return self.shown_number

    @property
    def shown_number(self) -> str:
        return f"T-{self.number:04d}"


class TaskPart(models.Model):
    """A part that a task is about; a task without any is about the whole supply."""

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="task_parts")
    part = models.ForeignKey("suppliers.Part", models.PROTECT, related_name="+")

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "task", "part"], name="improvement_task_part_once"
            ),
        ]


class Baseline(models.Model):
    """The figure of a task's cell before its trigger, locked when it opened: no row is ever changed.

    One a task, and one a part where it has several, since parts are never pooled in a proof. Without
    data `value` is null and `reason` says why.
    """

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="baselines")
    part = models.ForeignKey("suppliers.Part", models.PROTECT, null=True, blank=True, related_name="+")
    trigger = models.CharField(max_length=8, choices=Trigger)
    trigger_from = models.DateField()
    trigger_to = models.DateField()
    first_day = models.DateField()
    last_day = models.DateField()
    data_from = models.DateField(null=True, blank=True)  # the first day with data inside
    data_until = models.DateField(null=True, blank=True)
    value = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    n = models.BigIntegerField(null=True, blank=True)  # what the definition counts: pieces, lots, lines
    n_lots = models.BigIntegerField(null=True, blank=True)
    x = models.BigIntegerField(null=True, blank=True)  # of a rate: its counted pieces that are nonconforming
    reason = models.CharField(max_length=40, blank=True)
    preliminary = models.BooleanField(default=False)
    definition = models.CharField(max_length=40)
    definition_version = models.PositiveSmallIntegerField()
    details = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    locked_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, db_collation="C")

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "task", "part"], name="improvement_baseline_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day"))
                & Q(last_day__lt=F("trigger_from"))
                & Q(trigger_from__lte=F("trigger_to")),
                name="improvement_baseline_before_trigger",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(reason=""), name="improvement_baseline_says_why_not"
            ),
        ]


class TaskStep(models.Model):
    """One step: D1 to D8 of an 8D, plan, do, check, act of the others."""

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="steps")
    code = models.CharField(max_length=8)  # D1 … D8, plan, do, check, act
    position = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8, choices=Side)  # whose turn it is
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("suppliers.Person", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "task", "code"], name="improvement_task_step_once"
            ),
        ]


def in_view(scope: Scope) -> Q:
    """Rows of open partnerships, those that one organisation keeps to itself only for itself."""
    return Q(partnership__in=scope.partnerships) & (Q(own_only=False) | Q(organisation=scope.organisation))
