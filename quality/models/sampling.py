"""What the responsible authority decided about acceptance sampling."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from core.scope import ScopedManager
from quality.models.inspection import Stage


class SamplingKind(models.TextChoices):
    RESUME = "resume", pgettext_lazy("decision on sampling", "Inspection resumed, tightened")
    REDUCED_APPROVED = (
        "reduced_approved",
        pgettext_lazy("decision on sampling", "Reduced inspection approved"),
    )
    REDUCED_ENDED = "reduced_ended", pgettext_lazy("decision on sampling", "Reduced inspection ended")


class SamplingDecision(models.Model):
    """One decision with its reason, in force after the lots of its day; undone it stays in the history."""

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    part = models.ForeignKey("suppliers.Part", models.PROTECT, related_name="+", db_index=False)
    stage = models.CharField(max_length=8, choices=Stage)
    kind = models.CharField(max_length=16, choices=SamplingKind)
    day = models.DateField()
    reason = models.CharField(max_length=300)
    made_by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        "suppliers.Person", models.PROTECT, null=True, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(null=True)

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "part", "stage", "kind", "day"],
                condition=Q(undone_at=None),
                name="quality_sampling_decision_once",
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "part", "stage"], name="quality_sampling_decision_of"),
        ]
