"""Inspections of lots, what was found, and what was done about it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.scope import ScopedManager


class Stage(models.TextChoices):
    OUTGOING = "outgoing", _("Outgoing inspection")
    INCOMING = "incoming", _("Incoming inspection")


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


class DispositionKind(models.TextChoices):
    CONCEDED = "conceded", _("Conceded")
    REWORKED = "reworked", _("Reworked")
    REPAIRED = "repaired", _("Repaired")
    SORTED = "sorted", _("Sorted")
    RETURNED = "returned", _("Returned")
    SCRAPPED = "scrapped", _("Scrapped")


class InspectionQuerySet(models.QuerySet):
    def counting(self):
        """Inspections a KPI counts: the latest word on each."""
        return self.filter(withdrawn_at=None)


class Inspection(models.Model):
    """One presentation of a lot at one stage; a resubmission is another (ISO 2859-1)."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    lot = models.ForeignKey("quality.Lot", models.PROTECT, related_name="inspections", db_constraint=False)
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    stage = models.CharField(max_length=8, choices=Stage)
    submission = models.PositiveSmallIntegerField(default=1)  # its place among the live ones
    stated_submission = models.PositiveSmallIntegerField(null=True, blank=True)  # where the sheet says it
    inspection_date = models.DateField()  # the day in the sheet, in the customer's calendar
    received_date = models.DateField(null=True, blank=True)
    inspection_no = models.CharField(max_length=64, blank=True)
    lot_size = models.PositiveIntegerField(null=True, blank=True)
    inspected = models.PositiveIntegerField()
    nonconforming = models.PositiveIntegerField()
    # Units by the class of their worst nonconformity, where the sheet tells them apart.
    critical = models.PositiveIntegerField(null=True, blank=True)
    major = models.PositiveIntegerField(null=True, blank=True)
    minor = models.PositiveIntegerField(null=True, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)  # blank: the sheet does not say
    inspection_type = models.CharField(max_length=40, blank=True)
    inspector = models.CharField(max_length=80, blank=True)
    shift = models.CharField(max_length=40, blank=True)
    machine = models.CharField(max_length=40, blank=True)
    cavity = models.CharField(max_length=40, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    commit_id = models.BigIntegerField()  # of intake; a number, since imports point down
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_commit_id = models.BigIntegerField(null=True, blank=True)
    # Not one to one: a correction that was undone keeps its row, and the next one corrects the same.
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        db_index=False,
        db_constraint=False,
    )

    objects = ScopedManager.over(InspectionQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "lot", "stage", "submission"],
                condition=Q(withdrawn_at=None),
                name="quality_inspection_once",
            ),
            models.UniqueConstraint(fields=["partnership", "id"], name="quality_inspection_parent"),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(withdrawn_at=None) & ~Q(corrects=None),
                name="quality_inspection_corrected_once",
            ),
            models.CheckConstraint(
                condition=Q(nonconforming__lte=F("inspected")),
                name="quality_inspection_nonconforming_within_inspected",
            ),
            models.CheckConstraint(
                condition=Q(inspected__gt=0), name="quality_inspection_inspected_something"
            ),
        ]
        indexes = [
            models.Index(
                fields=["partnership", "part", "stage", "inspection_date"], name="quality_inspection_cell"
            ),
            models.Index(fields=["commit_id"], name="quality_inspection_commit"),
            models.Index(
                fields=["corrects"], condition=~Q(corrects=None), name="quality_inspection_correction"
            ),
            models.Index(
                fields=["withdrawn_by_commit_id"],
                condition=~Q(withdrawn_by_commit_id=None),
                name="quality_inspection_withdrawer",
            ),
        ]


class Disposition(models.Model):
    """What was done with nonconforming units; of a sort, `quantity` is the pieces found."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="dispositions", db_constraint=False
    )
    kind = models.CharField(max_length=8, choices=DispositionKind)
    quantity = models.PositiveIntegerField(null=True, blank=True)  # null: the sheet names no count

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "inspection", "kind"], name="quality_disposition_once"
            ),
        ]


class DefectCode(models.Model):
    """A word for a nonconformity: the trade's list, known to all."""

    code = models.CharField(max_length=16, unique=True, db_collation="C")
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    family = models.CharField(max_length=40)
    typical_class = models.CharField(max_length=8)
    synonyms = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.code


class Nonconformity(models.Model):
    """A defect with its count on an inspection; one unit may have several."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="nonconformities", db_constraint=False
    )
    defect = models.CharField(max_length=80)  # a DefectCode's code, else the word as written
    count = models.PositiveIntegerField(null=True, blank=True)  # null: named without a count

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        verbose_name_plural = "nonconformities"
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "inspection", "defect"], name="quality_nonconformity_once"
            ),
        ]
