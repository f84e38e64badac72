"""Lots: parts of one number inspected and judged together (ISO 2859-1)."""

from django.db import models
from django.db.models import Q

from core.scope import ScopedManager


class Lot(models.Model):
    """A lot, known by partnership, part and number; a lot seen by both sides is one lot."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    number = models.CharField(max_length=64)  # as written
    number_key = models.CharField(max_length=64, db_collation="C")  # as compared: core.text.folded
    customer_number = models.CharField(max_length=64, blank=True)  # what the customer calls it
    customer_number_key = models.CharField(max_length=64, blank=True, db_collation="C")
    lot_size = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "part", "number_key"], name="quality_lot_once"),
            models.UniqueConstraint(
                fields=["partnership", "part", "customer_number_key"],
                condition=~Q(customer_number_key=""),
                name="quality_lot_customer_number_once",
            ),
            # What children point to, so that no row hangs on a lot of another partnership or part.
            models.UniqueConstraint(fields=["partnership", "id", "part"], name="quality_lot_parent"),
        ]
        indexes = [models.Index(fields=["number_key"], name="quality_lot_number")]

    def __str__(self) -> str:
        return self.number
