"""Letters waiting to go out: the row is the promise, the queue only rings."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LetterState(models.TextChoices):
    """How a letter fares. All but `WAITING` are final."""

    WAITING = "waiting", pgettext_lazy("letter", "Waiting")
    SENT = "sent", pgettext_lazy("letter", "Sent")
    BOUNCED = "bounced", _("Bounced: the address takes no mail")  # a 5xx to the recipient
    REFUSED = "refused", _("Refused by the mail server")  # a 5xx to what it says, or nothing SMTP can carry
    GIVEN_UP = "given_up", _("Given up after a day")
    UNCONFIRMED = "unsure", _("Handed over, and never confirmed")  # taken whole, and no answer came


class Letter(models.Model):
    """One mail to one address; its Message-ID is older than any attempt to send it."""

    # What the letter is about, so that nobody writes it twice: "invitation:17", "reset:…".
    subject_key = models.CharField(max_length=120, unique=True, db_collation="C")
    message_id = models.CharField(max_length=120, unique=True)
    # The organisation whose owner may see how it fares; a number, since this room knows no organisations.
    organisation_id = models.BigIntegerField(null=True, blank=True)
    to = models.EmailField()
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    unsubscribe_url = models.CharField(max_length=250, blank=True)  # takes a POST (RFC 8058)
    secret = models.BooleanField(default=False)  # its words are forgotten once it is sent or given up
    parts_written = models.PositiveIntegerField(null=True, blank=True)  # null: not known of an older letter
    state = models.CharField(max_length=8, choices=LetterState, default=LetterState.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    attempts_before = models.PositiveIntegerField(default=0, db_default=0)  # it was last set going again
    sent_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state="waiting"), name="outbox_letter_waiting"
            ),
            models.Index(fields=["organisation_id", "-id"], name="outbox_letter_of_organisation"),
        ]


class PartKind(models.TextChoices):
    INLINE = "inline", _("Picture in the text")
    ATTACHMENT = "attached", _("Attachment")


class LetterPart(models.Model):
    """A picture that stands in the HTML as ``cid:…``, or a file that comes with the letter."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=8, choices=PartKind)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content_id = models.CharField(max_length=80, blank=True)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "content_id"],
                condition=models.Q(kind="inline"),
                name="outbox_part_content_id_once",
            ),
        ]
