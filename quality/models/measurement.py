"""Measured values: one narrow table, loaded by COPY."""

from django.db import models
from django.db.models import Q

from core.scope import ScopedManager
from quality.models.inspection import Stage


class MeasurementSetQuerySet(models.QuerySet):
    def counting(self):
        """Sets that charts and sums count: the latest word on each."""
        return self.filter(withdrawn_at=None)


class MeasurementSet(models.Model):
    """The values of one lot at one stage: what is corrected, undone and compared.

    A file that brings more values of the lot makes a new set of all, which corrects the old one.
    """

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    lot = models.ForeignKey(
        "quality.Lot", models.PROTECT, related_name="measurement_sets", db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    stage = models.CharField(max_length=8, choices=Stage)
    measured_date = models.DateField()  # of its first value; in all rows of the set
    values_hash = models.CharField(max_length=64)  # same values, same set
    value_count = models.PositiveIntegerField()
    inspector = models.CharField(max_length=80, blank=True)
    commit_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_commit_id = models.BigIntegerField(null=True, blank=True)
    # Not one to one: a correction that was undone keeps its row, and the next one corrects the same.
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")

    objects = ScopedManager.over(MeasurementSetQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "lot", "stage"],
                condition=Q(withdrawn_at=None),
                name="quality_measurement_set_once",
            ),
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(withdrawn_at=None), name="quality_measurement_set_corrected"
            ),
        ]
        indexes = [
            models.Index(fields=["commit_id"], name="quality_measurement_set_commit"),
            models.Index(
                fields=["partnership", "part", "stage", "measured_date"], name="quality_measurement_set_cell"
            ),
            models.Index(
                fields=["withdrawn_by_commit_id"],
                condition=~Q(withdrawn_by_commit_id=None),
                name="quality_measurement_set_gone",
            ),
        ]


class Measurement(models.Model):
    """One value of one piece, in the unit of the characteristic version it was judged by.

    The table has no primary key and no foreign keys of its own: sets are checked before the load. The key
    below exists in Django's state only.
    """

    pk = models.CompositePrimaryKey("measurement_set_id", "characteristic_version_id", "piece")
    partnership_id = models.BigIntegerField()
    measurement_set_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    characteristic_version_id = models.BigIntegerField()
    piece = models.PositiveIntegerField()
    value = models.FloatField()
    measured_date = models.DateField()
    measured_at = models.DateTimeField(null=True)
    cavity = models.CharField(max_length=16, blank=True)

    objects = ScopedManager.over(
        models.QuerySet, visible=lambda scope: Q(partnership_id__in=scope.partnerships)
    )

    class Meta:
        managed = True
