"""What a partnership is to send, how often and by when, and the answer that there was nothing to send."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.scope import ScopedManager
from suppliers.models.organisation import Partnership
from suppliers.models.person import Person

LAST_DAY = 31  # as the due day of a month: its last one, however long it is
LATEST_AFTER_DAY = 10  # working days
LATEST_AFTER_LOT = 60  # days
LONGEST_GRACE = 60  # days


class RequestKind(models.TextChoices):
    OUTGOING = "outgoing", _("Outgoing inspections")
    MEASUREMENTS = "measurements", _("Measurements")
    STOCK = "stock", _("Stock statements")
    MOVEMENTS = "movements", _("Stock movements")
    INCOMING = "incoming", _("Incoming inspections")
    DELIVERIES = "deliveries", _("Deliveries")
    RETURNS = "returns", _("Returns")


class Rhythm(models.TextChoices):
    DAILY = "daily", _("daily")
    WEEKLY = "weekly", _("weekly")
    MONTHLY = "monthly", _("monthly")
    PER_LOT = "per_lot", _("with every lot")


class Sender(models.TextChoices):
    SUPPLIER = "supplier", _("the supplier")
    CUSTOMER = "customer", _("the customer")


class DataRequest(models.Model):
    """One kind of data that one side of a partnership is to send in a rhythm.

    On a customer's own books it is what the customer itself is to hand in, over all of its partnerships.

    `due_day` is read by the rhythm: the day of a month (31: its last), the day of a week (1 is Monday), the
    working days after a day, or the days after a lot. With `due_next` it lies in the month or week after.
    Measurements are those of outgoing inspection.

    The database refuses two requests without an end for one kind and sender. That those with an end do not
    overlap is seen to by `suppliers.services.ask_for_data` under the partnership's lock: a constraint over
    ranges of days would need btree_gist, which the embedded PostgreSQL lacks.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=RequestKind)
    sender = models.CharField(max_length=8, choices=Sender)
    rhythm = models.CharField(max_length=7, choices=Rhythm)
    due_day = models.PositiveSmallIntegerField()
    due_next = models.BooleanField(default=False)
    grace_days = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)  # the last day that is asked for
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "kind", "sender"],
                condition=Q(valid_until=None),
                name="suppliers_data_request_once",
            ),
            models.UniqueConstraint(fields=["partnership", "id"], name="suppliers_data_request_parent"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="suppliers_data_request_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(rhythm=Rhythm.MONTHLY, due_day__range=(1, LAST_DAY))
                | Q(rhythm=Rhythm.WEEKLY, due_day__range=(1, 7))
                | Q(rhythm=Rhythm.DAILY, due_day__lte=LATEST_AFTER_DAY, due_next=False)
                | Q(rhythm=Rhythm.PER_LOT, due_day__lte=LATEST_AFTER_LOT, due_next=False),
                name="suppliers_data_request_due_day_fits",
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=LONGEST_GRACE), name="suppliers_data_request_grace_is_short"
            ),
        ]


class DataAnswer(models.Model):
    """The word of the side that must send: of this period there is nothing to send. It may be taken back."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+", db_index=False)
    request = models.ForeignKey(DataRequest, models.PROTECT, related_name="answers")
    period_first = (
        models.DateField()
    )  # the first day of the month, week or day, also where the request cuts it
    reason = models.CharField(max_length=200, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "request", "period_first"],
                condition=Q(revoked_at=None),
                name="suppliers_data_answer_once",
            ),
        ]
