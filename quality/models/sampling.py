"""What the responsible authority decided about acceptance sampling."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from quality.models.decision import Decision


class SamplingKind(models.TextChoices):
    RESUME = "resume", pgettext_lazy("decision on sampling", "Inspection resumed, tightened")
    REDUCED_APPROVED = (
        "reduced_approved",
        pgettext_lazy("decision on sampling", "Reduced inspection approved"),
    )
    REDUCED_ENDED = "reduced_ended", pgettext_lazy("decision on sampling", "Reduced inspection ended")


class SamplingDecision(Decision):
    """One decision with its reason, in force after the lots of its day; undone it stays in the history."""

    kind = models.CharField(max_length=16, choices=SamplingKind)
    day = models.DateField()

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
