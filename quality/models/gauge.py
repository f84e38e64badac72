"""Gauges, and the studies of how well they measure."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.scope import Scope, ScopedManager


def _studied_in_scope(scope: Scope) -> Q:
    """A gauge is seen by who holds it and by whoever sees a study of it."""
    seen = GaugeStudy.objects.values("gauge")
    return Q(organisation=scope.organisation) | Q(pk__in=seen)


class Gauge(models.Model):
    """An instrument of one organisation, known by what it is called there."""

    organisation = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)  # folded, by which two spellings are one
    name = models.CharField(max_length=120)

    objects = ScopedManager.over(models.QuerySet, visible=_studied_in_scope)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="quality_gauge_once"),
        ]


class StudyKind(models.TextChoices):
    MEASURED = "measured", _("Measured values")
    JUDGED = "judged", _("Judgements")


class GaugeStudyQuerySet(models.QuerySet):
    def counting(self):
        """Studies that stand: the latest word on each."""
        return self.filter(withdrawn_at=None)


class GaugeStudy(models.Model):
    """One study of a gauge on a characteristic of a part, on one day.

    A file that brings more readings of the study makes a new one of all, which corrects the old one.
    """

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    gauge = models.ForeignKey(Gauge, models.PROTECT, related_name="studies")
    part = models.ForeignKey("suppliers.Part", models.PROTECT, related_name="+", db_constraint=False)
    characteristic_key = models.CharField(max_length=120)  # folded
    characteristic_name = models.CharField(max_length=120)  # as its file says it
    # The version in force that day, where the list of characteristics knows it.
    characteristic_version = models.ForeignKey(
        "suppliers.CharacteristicVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=StudyKind)
    study_date = models.DateField()
    unit = models.CharField(max_length=16, blank=True)
    lsl = models.FloatField(null=True, blank=True)
    usl = models.FloatField(null=True, blank=True)
    appraiser_count = models.PositiveIntegerField()
    piece_count = models.PositiveIntegerField()
    reading_count = models.PositiveIntegerField()
    commit_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_commit_id = models.BigIntegerField(null=True, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")

    objects = ScopedManager.over(GaugeStudyQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "part", "gauge", "characteristic_key", "kind", "study_date"],
                condition=Q(withdrawn_at=None),
                name="quality_gauge_study_once",
            ),
            # The parent's key of its readings: they cannot hang on a study of another partnership.
            models.UniqueConstraint(fields=["partnership", "id"], name="quality_gauge_study_of_partnership"),
            models.CheckConstraint(
                condition=Q(lsl=None) | Q(usl=None) | Q(lsl__lte=F("usl")), name="quality_gauge_study_limits"
            ),
        ]
        indexes = [
            models.Index(fields=["commit_id"], name="quality_gauge_study_commit"),
            models.Index(
                fields=["withdrawn_by_commit_id"],
                condition=~Q(withdrawn_by_commit_id=None),
                name="quality_gauge_study_gone",
            ),
        ]


class GaugeReading(models.Model):
    """One value, or one judgement, of one piece by one appraiser."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    study = models.ForeignKey(
        GaugeStudy, models.PROTECT, related_name="readings", db_index=False, db_constraint=False
    )
    appraiser = models.CharField(max_length=80, blank=True)
    piece = models.CharField(max_length=40)
    trial = models.PositiveIntegerField()
    value = models.FloatField(null=True)
    accepted = models.BooleanField(null=True)
    reference = models.FloatField(null=True)  # the known value of the piece
    reference_accepted = models.BooleanField(null=True)  # its known verdict

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "appraiser", "piece", "trial"], name="quality_gauge_reading_once"
            ),
            models.CheckConstraint(
                condition=Q(value=None, accepted__isnull=False) | Q(value__isnull=False, accepted=None),
                name="quality_gauge_reading_measured_or_judged",
            ),
        ]
