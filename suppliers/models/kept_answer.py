"""Answers to requests that came with an Idempotency-Key."""

from django.db import models
from django.db.models.functions import Now

from suppliers.models.person import ApiKey, Person


class KeptAnswer(models.Model):
    """One request under one key of one credential: that it runs, then what it was answered.

    Its times are the database's own: how long an answer is kept has nothing to do with the sample's clock.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.PROTECT, null=True, related_name="+")  # null: by a session
    key = models.CharField(max_length=255, db_collation="C")
    asked = models.CharField(max_length=64, db_collation="C")  # SHA-256 of the request
    # The id of what an unanswered request has made, where its making and its answer are two transactions.
    made = models.BigIntegerField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # null: not answered yet
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "api_key", "key"], nulls_distinct=False, name="suppliers_kept_answer_once"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="suppliers_kept_answer_old")]
