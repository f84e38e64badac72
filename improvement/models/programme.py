"""A joint programme: what a customer pledged, with which suppliers, and which tasks are its key tasks.

Whatever is joined over several suppliers is the customer's own. A member sees the programme, itself and
its own tasks; of the other members it does not even see how many there are.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import formatting
from core.period import Period
from core.scope import Scope, ScopedManager
from improvement.models.task import Task


class PledgedKpi(models.TextChoices):
    PASS_RATE = "pass_rate", _("Pass rate, pieces")
    LOTS_ACCEPTED = "lot_acceptance_rate", _("Lots accepted first time")
    TURNOVER = "turnover", _("Inventory turnover")
    CHAIN_TURNOVER = "chain_turnover", _("Chain turnover")


class PledgeStage(models.TextChoices):
    REPORTED = "outgoing", pgettext_lazy("reading of a rate", "Reported")
    INCOMING = "incoming", pgettext_lazy("reading of a rate", "Incoming")
    CORRECTED = "corrected", pgettext_lazy("reading of a rate", "Corrected")


class PledgeAverage(models.TextChoices):
    SNAPSHOTS = "snapshots", pgettext_lazy("average stock", "Month ends")
    DAILY = "daily", pgettext_lazy("average stock", "Daily balances")
    ENDS = "ends", pgettext_lazy("average stock", "Opening and closing")


class PledgePrices(models.TextChoices):
    PERIOD = "period", pgettext_lazy("prices of stock", "Of the period")
    CONSTANT = "constant", pgettext_lazy("prices of stock", "Constant, of the baseline")


LOCKED = frozenset({"baseline_from", "baseline_to", "report_from"})
OF_STOCK = (PledgedKpi.TURNOVER, PledgedKpi.CHAIN_TURNOVER)


def _member_visible(scope: Scope) -> Q:
    """A customer sees all members, a member itself; somebody to whom a partnership was opened, none."""
    return Q(customer=scope.organisation) | Q(
        partnership__in=scope.partnerships, partnership__supplier=scope.organisation, left_on=None
    )


def _visible(scope: Scope) -> Q:
    return Q(customer=scope.organisation) | Q(pk__in=ProgrammeMember.objects.values("programme"))


def _through_programme(scope: Scope) -> Q:
    return Q(programme__in=Programme.objects.values("pk"))


def _key_task_visible(scope: Scope) -> Q:
    at_an_end = Q(programme__customer=scope.organisation) | Q(partnership__supplier=scope.organisation)
    return Q(partnership__in=scope.partnerships) & at_an_end & _through_programme(scope)


class Programme(models.Model):
    """What a customer wants to reach with some of its suppliers, from a baseline to a report period."""

    customer = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=40, db_collation="C")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    baseline_from = models.DateField()
    baseline_to = models.DateField()
    report_from = models.DateField()
    report_to = models.DateField()
    source_note = models.TextField(blank=True)  # where the pledge was made: a plan, a contract
    version = models.PositiveIntegerField(default=1)  # of all that people edit above
    created_at = models.DateTimeField()

    objects = ScopedManager.over(models.QuerySet, visible=_visible)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "slug"], name="improvement_programme_slug_once"),
            # What members point to, so that they are the customer's own suppliers.
            models.UniqueConstraint(fields=["id", "customer"], name="improvement_programme_of_customer"),
            models.CheckConstraint(
                condition=Q(baseline_from__lte=F("baseline_to"))
                & Q(baseline_to__lt=F("report_from"))
                & Q(report_from__lte=F("report_to")),
                name="improvement_programme_periods_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def shown_name(self) -> str:
        """The name in the reader's language."""
        return formatting.in_language(self.name, self.name_en)

    def locked_on(self, now: datetime) -> bool:
        """Say whether the baseline is locked, and with it the first day that is compared with it.

        It is from the first day of the report period on, but not on the day on which the programme was made:
        who set it up in the middle of its period may still mend what was mistyped.
        """
        zone = ZoneInfo(self.customer.zone)
        today, made = now.astimezone(zone).date(), self.created_at.astimezone(zone).date()
        return today >= self.report_from and today > made

    @property
    def baseline(self) -> Period:
        return Period(self.baseline_from, self.baseline_to)

    @property
    def report_period(self) -> Period:
        return Period(self.report_from, self.report_to)


class ProgrammeMember(models.Model):
    """A supplier in a programme. It stays when the supplier leaves: its key tasks hang on it."""

    customer = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+", db_index=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="members", db_index=False)
    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+")
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)  # the first day on which it is no member

    objects = ScopedManager.over(models.QuerySet, visible=_member_visible)

    class Meta:
        constraints = [
            # Also what key tasks point to, so that they are tasks of members.
            models.UniqueConstraint(fields=["programme", "partnership"], name="improvement_member_once"),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(joined_on__lte=F("left_on")),
                name="improvement_member_joined_before_left",
            ),
        ]


class Pledge(models.Model):
    """What was promised: a KPI, in which reading, and the value or the change against the baseline."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="pledges", db_index=False)
    kpi = models.CharField(max_length=40, choices=PledgedKpi)
    stage = models.CharField(max_length=10, choices=PledgeStage, blank=True)
    average = models.CharField(max_length=10, choices=PledgeAverage, blank=True)
    prices = models.CharField(max_length=10, choices=PledgePrices, blank=True)
    by_change = models.BooleanField(default=False)  # the target is a change against the baseline
    # A rate as a fraction, its change in points as a fraction; a turnover a year, its change relative.
    target = models.DecimalField(max_digits=9, decimal_places=5)

    objects = ScopedManager.over(models.QuerySet, visible=_through_programme)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kpi", "stage", "average", "prices"], name="improvement_pledge_once"
            ),
            models.CheckConstraint(
                condition=Q(kpi__in=OF_STOCK, stage="") & ~Q(average="") & ~Q(prices="")
                | ~Q(kpi__in=OF_STOCK) & ~Q(stage="") & Q(average="", prices=""),
                name="improvement_pledge_names_its_reading",
            ),
            models.CheckConstraint(
                condition=~Q(kpi="lot_acceptance_rate") | ~Q(stage="corrected"),
                name="improvement_pledge_lots_are_not_corrected",
            ),
            models.CheckConstraint(
                condition=Q(target__gt=0) & (Q(kpi__in=OF_STOCK) | Q(target__lte=1)),
                name="improvement_pledge_target_possible",
            ),
        ]


class ProgrammeChange(models.TextChoices):
    CREATED = "created", pgettext_lazy("history of a programme", "made the programme")
    EDITED = "edited", pgettext_lazy("history of a programme", "changed")
    PLEDGED = "pledged", pgettext_lazy("history of a programme", "pledged")
    UNPLEDGED = "unpledged", pgettext_lazy("history of a programme", "took a pledge back")
    JOINED = "joined", pgettext_lazy("history of a programme", "let a supplier in")
    LEFT = "left", pgettext_lazy("history of a programme", "let a supplier go")
    LISTED = "listed", pgettext_lazy("history of a programme", "added a key task")
    UNLISTED = "unlisted", pgettext_lazy("history of a programme", "took off a key task")


class ProgrammeEvent(models.Model):
    """Who changed what of a programme, from what to what. It names members: the customer's alone."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=10, choices=ProgrammeChange)
    at = models.DateTimeField()
    by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+")
    subject = models.CharField(max_length=120, blank=True)  # a field, a supplier's code, a task's number
    reading = models.JSONField(default=dict, blank=True)  # of a pledge: kpi, stage, average, prices
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    objects = ScopedManager.over(
        models.QuerySet, visible=lambda scope: Q(programme__customer=scope.organisation)
    )

    class Meta:
        indexes = [models.Index(fields=["programme", "at"], name="improvement_programme_event")]


class KeyTask(models.Model):
    """A task on the list of key tasks of a programme, on one of its members.

    Owners, due date and what came of it are the task's own.
    """

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="key_tasks", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="key_in")
    position = models.PositiveIntegerField()
    added_by = models.ForeignKey("suppliers.Person", models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()

    objects = ScopedManager.over(models.QuerySet, visible=_key_task_visible)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "task"], name="improvement_key_task_once"),
            models.UniqueConstraint(
                fields=["programme", "position"],
                name="improvement_key_task_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
