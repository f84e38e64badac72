"""What was learned about a layout: which column means what, remembered per sender and partnership."""

from django.db import models

from core.scope import ScopedManager
from intake.models.upload import Kind, sent_by_me


class Mapping(models.Model):
    """A remembered or named reading of a layout."""

    sender = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=16, choices=Kind)
    fingerprint = models.CharField(max_length=64, blank=True, db_collation="C")  # of the headers
    reading = models.JSONField()  # columns, constants, joins, value translations, lines to skip
    remembered_at = models.DateTimeField()

    objects = ScopedManager.over(models.QuerySet, visible=sent_by_me)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "partnership", "kind", "fingerprint"],
                condition=~models.Q(fingerprint=""),
                nulls_distinct=False,
                name="intake_mapping_once",
            ),
            models.UniqueConstraint(
                fields=["sender", "name"], condition=~models.Q(name=""), name="intake_mapping_name_once"
            ),
        ]
