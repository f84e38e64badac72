"""Mails about figures that somebody asked for, and each of them as a piece of work."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from insight.formulas.rhythm import Schedule


class What(models.TextChoices):
    OVERVIEW = "overview", _("Overview")
    SUPPLIERS = "suppliers", _("Suppliers")
    INVENTORY = "inventory", _("Turnover")
    TASKS = "tasks", pgettext_lazy("mail", "Improvement tasks")
    KPI = "kpi", _("One KPI")


class Side(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    SUPPLIER = "supplier", _("Supplier")


class Rhythm(models.TextChoices):
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")


class SubscriptionState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("subscription", "Active")
    PAUSED = "paused", pgettext_lazy("subscription", "Paused")


class PauseReason(models.TextChoices):
    BY_PERSON = "by_person", _("paused by yourself")
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed by the link in a mail")
    BOUNCED = "bounced", _("the mailbox takes no mail")


class Subscription(models.Model):
    """A mail that a person asked for; it tells what that person may see when it is written.

    It is the person's own: who asks for it is the filter, not a partnership.
    """

    person = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+")
    what = models.CharField(max_length=12, choices=What)
    side = models.CharField(max_length=8, choices=Side)  # from which the person looks
    # kpi, stage, customer, suppliers, parts, mine: those that are set, codes and numbers as one writes them.
    filters = models.JSONField(default=dict, blank=True)
    filters_key = models.CharField(max_length=64, db_collation="C", editable=False)  # SHA-256 of them
    rhythm = models.CharField(max_length=8, choices=Rhythm)
    # Of the week, 1 is Monday; of the month, where a shorter month means its last day.
    day = models.PositiveSmallIntegerField(null=True, blank=True)
    hour = models.PositiveSmallIntegerField()  # in the person's own zone
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=SubscriptionState, default=SubscriptionState.ACTIVE)
    pause_reason = models.CharField(max_length=12, choices=PauseReason, blank=True)
    pause_note = models.CharField(max_length=500, blank=True)  # what the mail server said
    zone = models.CharField(max_length=64)  # by which `next_at` was reckoned
    next_at = models.DateTimeField(null=True, blank=True)  # null while paused
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "what", "side", "filters_key"], name="insight_subscription_once"
            ),
            models.CheckConstraint(
                condition=Q(rhythm="daily", day=None)
                | Q(rhythm="weekly", day__range=(1, 7))
                | Q(rhythm="monthly", day__range=(1, 31)),
                name="insight_subscription_day_of_its_rhythm",
            ),
            models.CheckConstraint(condition=Q(hour__lt=24), name="insight_subscription_hour"),
            models.CheckConstraint(
                condition=Q(state="active", pause_reason="", next_at__isnull=False)
                | Q(state="paused", next_at=None) & ~Q(pause_reason=""),
                name="insight_subscription_paused_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="active"), name="insight_due")]

    @property
    def is_active(self) -> bool:
        return self.state == SubscriptionState.ACTIVE

    def schedule(self, zone: str = "") -> Schedule:
        """Return when it is due, in `zone` or in that of its last reckoning."""
        return Schedule(self.rhythm, self.hour, zone or self.zone, self.day)


class DigestState(models.TextChoices):
    DUE = "due", pgettext_lazy("digest", "Due")
    WRITTEN = "written", pgettext_lazy("digest", "Written, on its way")
    SENT = "sent", pgettext_lazy("digest", "Sent")
    SKIPPED = "skipped", pgettext_lazy("digest", "Left out")
    FAILED = "failed", pgettext_lazy("digest", "Failed")


class SkipReason(models.TextChoices):
    """Why a mail was not written, or did not arrive."""

    OVERTAKEN = "overtaken", _("A later one was due before this one could be sent.")
    PAUSED = "paused", _("The subscription was paused.")
    LEFT = "left", _("This person has left the organisation.")
    NO_ADDRESS = "no_address", _("This login has no e-mail address.")
    NOTHING_SHARED = "nothing", _("Nothing of what it asks for is shared with you any more.")
    OUR_FAULT = "our_fault", _("Something broke on our side, and again at each further try.")
    BOUNCED = "bounced", _("The mailbox takes no mail.")
    REFUSED = "refused", _("The mail server refused it.")
    GIVEN_UP = "given_up", _("The mail server could not be reached, or put us off, for a day.")
    UNCONFIRMED = (
        "unsure",
        _(
            "The mail server took the mail and never confirmed it. It is not sent again, or it might arrive twice."
        ),
    )


class Digest(models.Model):
    """One mail of a subscription: once a period, whoever asks and however often."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="digests")
    period = models.CharField(max_length=24, db_collation="C")  # 2026-06-29, 2026-W26, 2026-06, now-…
    first_date = models.DateField()  # the days it speaks of, in the customer's calendar
    last_date = models.DateField()
    asked = models.BooleanField(default=False)  # by "send me one now"
    due_at = models.DateTimeField()  # the hour it was meant for
    retry_at = models.DateTimeField()  # when it may be tried
    state = models.CharField(max_length=8, choices=DigestState, default=DigestState.DUE)
    reason = models.CharField(max_length=10, choices=SkipReason, blank=True)
    letter = models.ForeignKey("outbox.Letter", models.PROTECT, null=True, blank=True, related_name="+")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "period"], name="insight_digest_once"),
            models.CheckConstraint(
                condition=Q(first_date__lte=F("last_date")), name="insight_digest_days_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["written", "sent"]) | Q(letter__isnull=False),
                name="insight_digest_written_is_a_letter",
            ),
        ]
        indexes = [
            models.Index(fields=["retry_at"], condition=Q(state="due"), name="insight_digest_due"),
            models.Index(fields=["letter"], condition=Q(state="written"), name="insight_digest_under_way"),
        ]

    @property
    def message_name(self) -> str:
        """What stands before the @ of its Message-ID: the same whoever writes it, and however often."""
        return f"digest.{self.subscription_id}.{self.period}"
