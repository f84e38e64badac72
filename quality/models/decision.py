"""What every decision says: about what, its reason, who made it and when, and who took it back."""

from django.db import models

from core.scope import ScopedManager
from quality.models.inspection import Stage


class Decision(models.Model):
    """One decision with its reason; undone it stays in the history and no longer counts."""

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    part = models.ForeignKey("suppliers.Part", models.PROTECT, related_name="+", db_index=False)
    stage = models.CharField(max_length=8, choices=Stage)
    reason = models.CharField(max_length=300)
    made_by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        "suppliers.Person", models.PROTECT, null=True, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(null=True)

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        abstract = True
