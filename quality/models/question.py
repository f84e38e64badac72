"""What was answered to questions about reported measured values."""

from django.db import models

from core.scope import ScopedManager
from quality.formulas.questions import Pattern


class QuestionAnswer(models.Model):
    """What the reporting side says to one question, with what the question saw then; a later answer adds to it."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    characteristic_version = models.ForeignKey(
        "suppliers.CharacteristicVersion", models.PROTECT, related_name="+", db_index=False
    )
    test = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Pattern])
    quarter = models.DateField()  # its first day
    lot = models.ForeignKey("quality.Lot", models.PROTECT, null=True, related_name="+", db_index=False)
    earlier_lot = models.ForeignKey(
        "quality.Lot", models.PROTECT, null=True, related_name="+", db_index=False
    )
    p = models.FloatField()
    facts = models.JSONField()
    answer = models.CharField(max_length=1000)
    answered_by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+", db_index=False)
    answered_at = models.DateTimeField()

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        indexes = [models.Index(fields=["partnership", "part"], name="quality_question_answer_of")]
