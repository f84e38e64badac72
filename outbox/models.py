"""Letters waiting to go out: the row is the promise, the queue only rings."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LetterState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Refused")


class Letter(models.Model):
    """One mail to one address; its Message-ID is older than any attempt to send it."""

    # What the letter is about, so that nobody writes it twice: "invitation:17", "reset:…".
    subject_key = models.CharField(max_length=120, unique=True, db_collation="C")
    message_id = models.CharField(max_length=120, unique=True)
    to = models.EmailField()
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    secret = models.BooleanField(default=False)  # its words are forgotten once it is sent or given up
    state = models.CharField(max_length=8, choices=LetterState, default=LetterState.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state="waiting"), name="outbox_letter_waiting"
            ),
        ]
