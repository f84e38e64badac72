"""Warnings: what rules found in new data, with the evidence, and what people made of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from core.scope import Scope, ScopedManager


class WarningRule(models.TextChoices):
    OUT_OF_LIMITS = "out_of_limits", pgettext_lazy("rule of a warning", "Values out of limits")
    SEVERITY = "severity", pgettext_lazy("rule of a warning", "Tighter inspection")
    PASS_RATE = "pass_rate", pgettext_lazy("rule of a warning", "Falling pass rate")
    CAPABILITY = "capability", pgettext_lazy("rule of a warning", "Not capable")
    RUN_RULE = "run_rule", pgettext_lazy("rule of a warning", "Control chart signal")
    PLAUSIBILITY = "plausibility", pgettext_lazy("rule of a warning", "Question about the data")


class WarningState(models.TextChoices):
    """How a warning stands for one side: new and seen are each side's own, the others are shared."""

    NEW = "new", pgettext_lazy("state of a warning", "New")
    SEEN = "seen", pgettext_lazy("state of a warning", "Seen")
    EXPLAINED = "explained", pgettext_lazy("state of a warning", "Explained")
    TASK = "task", pgettext_lazy("state of a warning", "Task opened")


class WarningAct(models.TextChoices):
    """What happened to a warning."""

    RAISED = "raised", pgettext_lazy("history of a warning", "raised by the data")
    AGAIN = "again", pgettext_lazy("history of a warning", "raised again by newer data")
    QUIET = "quiet", pgettext_lazy("history of a warning", "found in older data, taken as seen")
    GONE = "gone", pgettext_lazy("history of a warning", "no longer held by the data, which were corrected")
    SEEN = "seen", pgettext_lazy("history of a warning", "has seen it")
    EXPLAINED = "explained", pgettext_lazy("history of a warning", "has explained it")
    REOPENED = "reopened", pgettext_lazy("history of a warning", "has taken the explanation back")
    TASK = "task", pgettext_lazy("history of a warning", "has opened a task of it")
    SHARED = "shared", pgettext_lazy("history of a warning", "shown to the customer, too")


class WarningWatch(models.Model):
    """A partnership whose data are watched: how sharply, and the lease of whoever evaluates it.

    Within a quarter its plan (a place in `quality.formulas.false_alarms.PLANS`) only becomes blunter.
    """

    partnership = models.OneToOneField(
        "suppliers.Partnership", models.PROTECT, primary_key=True, related_name="+"
    )
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    plan = models.PositiveSmallIntegerField(default=0)
    planned_for = models.DateField(null=True)  # the first day of a quarter
    # The pace that the plan was made for: lots a month, of measured ones times characteristics.
    inspected_a_month = models.FloatField(default=0)
    measured_a_month = models.FloatField(default=0)
    frozen_a_month = models.FloatField(default=0)

    objects = ScopedManager.over(models.QuerySet)


class WarningCount(models.Model):
    """The last warning number that a customer has given out: its row is the lock for the next one."""

    customer = models.OneToOneField(
        "suppliers.Organisation", models.PROTECT, primary_key=True, related_name="+"
    )
    last_number = models.PositiveIntegerField()

    objects = ScopedManager.over(models.QuerySet, visible=lambda scope: Q(customer=scope.organisation))


def shared(scope: Scope, warning: str = "") -> Q:
    """Rows of open partnerships; what is its supplier's to answer first, for that one alone."""
    own = Q(partnership__supplier=scope.organisation)
    return Q(partnership__in=scope.partnerships) & (Q(**{f"{warning}shared_at__isnull": False}) | own)


class RaisedWarning(models.Model):
    """An episode of one rule in one cell: a part at a stage of a partnership, or a characteristic of it.

    What the rule finds within a month of the last find belongs to the same episode, unless that was explained.
    """

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # counted per customer: W-0042
    rule = models.CharField(max_length=16, choices=WarningRule)
    part = models.ForeignKey("suppliers.Part", models.PROTECT, related_name="+", db_index=False)
    stage = models.CharField(max_length=8)
    characteristic_version = models.ForeignKey(
        "suppliers.CharacteristicVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )
    first_day = models.DateField()  # of the data that signalled
    last_day = models.DateField()  # of the latest find
    raised_at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True)  # null: its supplier alone sees it, and has the first word
    customer_seen_at = models.DateTimeField(null=True)
    supplier_seen_at = models.DateTimeField(null=True)
    explained_at = models.DateTimeField(null=True)
    explanation = models.TextField(blank=True)
    explained_by = models.ForeignKey("suppliers.Person", models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey("improvement.Task", models.PROTECT, null=True, related_name="warnings")

    objects = ScopedManager.over(models.QuerySet, visible=shared)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="improvement_warning_number_once"),
            models.UniqueConstraint(fields=["partnership", "id"], name="improvement_warning_parent"),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="improvement_warning_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(explained_at=None) | ~Q(explanation="") | Q(explained_by=None),
                name="improvement_warning_explained_in_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["partnership", "part", "stage", "rule", "last_day"], name="improvement_warning_cell"
            ),
        ]

    def __str__(self) -> str:
        return self.shown_number

    @property
    def shown_number(self) -> str:
        return f"W-{self.number:04d}"


class WarningEvidence(models.Model):
    """A lot at which a rule found something: each once, whatever is evaluated again."""

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    warning = models.ForeignKey(RaisedWarning, models.PROTECT, related_name="evidence")
    rule = models.CharField(max_length=16, choices=WarningRule)
    part = models.ForeignKey("suppliers.Part", models.PROTECT, related_name="+", db_index=False)
    stage = models.CharField(max_length=8)
    characteristic_version = models.ForeignKey(
        "suppliers.CharacteristicVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )
    lot = models.ForeignKey(
        "quality.Lot", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField()
    since = models.DateField()  # the first day of what signalled
    details = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)  # the rows were corrected, and the rule finds it no more

    objects = ScopedManager.over(models.QuerySet, visible=lambda scope: shared(scope, "warning__"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "part", "stage", "rule", "characteristic_version", "lot"],
                nulls_distinct=False,
                name="improvement_warning_evidence_once",
            ),
        ]


class WarningEvent(models.Model):
    """A line of a warning's history: what the data did (nobody's), or what a person did."""

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    warning = models.ForeignKey(RaisedWarning, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=WarningAct)
    at = models.DateTimeField()
    by = models.ForeignKey("suppliers.Person", models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)

    objects = ScopedManager.over(models.QuerySet, visible=lambda scope: shared(scope, "warning__"))

    class Meta:
        indexes = [models.Index(fields=["warning", "at"], name="improvement_warning_history")]
