"""Mergeable sums of rows, changed in the transaction that changes the rows."""

from django.db import models

from core.scope import ScopedManager
from quality.models.inspection import Stage


class LotSum(models.Model):
    """First submissions of a day: counts, and second moments over lots (n inspected, x nonconforming)."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    stage = models.CharField(max_length=8, choices=Stage)
    day = models.DateField()
    lots = models.PositiveIntegerField()
    judged = models.PositiveIntegerField()  # lots with a verdict
    accepted = models.PositiveIntegerField()
    conceded = models.PositiveIntegerField()
    inspected = models.BigIntegerField()  # Σn
    nonconforming = models.BigIntegerField()  # Σx
    inspected_squared = models.BigIntegerField()  # Σn² over lots
    inspected_nonconforming = models.BigIntegerField()  # Σnx
    nonconforming_squared = models.BigIntegerField()  # Σx²

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "part", "stage", "day"], name="quality_lot_sum_once"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "stage", "day"], name="quality_lot_sum_day")]


class DefectSum(models.Model):
    """Nonconformities of a day by defect, first submissions."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    stage = models.CharField(max_length=8, choices=Stage)
    day = models.DateField()
    defect = models.CharField(max_length=80)
    count = models.BigIntegerField()
    uncounted_lots = models.PositiveIntegerField()  # lots that name the defect without a count

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "part", "stage", "day", "defect"], name="quality_defect_sum_once"
            ),
        ]


class MeasurementSum(models.Model):
    """Values of a month by characteristic version: count, mean, squared deviations, extremes."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    characteristic_version = models.ForeignKey(
        "suppliers.CharacteristicVersion", models.PROTECT, related_name="+"
    )
    stage = models.CharField(max_length=8, choices=Stage)
    month = models.DateField()  # its first day
    n = models.BigIntegerField()
    mean = models.FloatField()
    m2 = models.FloatField()  # Σ(value − mean)², merged by Chan, Golub and LeVeque (1983)
    minimum = models.FloatField()
    maximum = models.FloatField()
    out_of_limits = models.BigIntegerField()

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "part", "characteristic_version", "stage", "month"],
                name="quality_measurement_sum_once",
            ),
        ]


class TouchedCell(models.Model):
    """A cell whose rows changed, and the days that did: what warnings still have to look at."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    stage = models.CharField(max_length=8, choices=Stage)
    first_day = models.DateField()
    last_day = models.DateField()
    touched_at = models.DateTimeField()
    touches = models.PositiveIntegerField(
        default=1
    )  # whoever looked forgets the cell as it was, and no later touch

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "part", "stage"], name="quality_touched_cell_once"
            ),
        ]
