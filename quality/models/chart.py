"""What people decided about a control chart: its limits, its segments, points left out, notes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from quality.formulas.chart_choice import Chart
from quality.models.decision import Decision


class DecisionKind(models.TextChoices):
    NOTE = "note", pgettext_lazy("decision on a chart", "Note on a lot")
    EXCLUDE = "exclude", pgettext_lazy("decision on a chart", "Leave a lot out of limits and rules")
    SEGMENT = "segment", pgettext_lazy("decision on a chart", "Process changed: a segment begins with a lot")
    FREEZE = "freeze", pgettext_lazy("decision on a chart", "Freeze the limits of the last segment")


class ChartDecision(Decision):
    """One decision with its reason; undone it stays in the history and no longer counts.

    `lot` is the one that is left out, noted, or begins a segment; of frozen limits the one that began their
    segment, none where that is the start of the values.
    """

    characteristic_version = models.ForeignKey(
        "suppliers.CharacteristicVersion", models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=8, choices=DecisionKind)
    lot = models.ForeignKey(
        "quality.Lot", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField(null=True)  # of measuring that lot
    # Of frozen limits alone: of which chart, level and spread in the unit, made of so many subgroups until a day.
    chart = models.CharField(max_length=8, blank=True, choices=[(one.value, one.value) for one in Chart])
    centre = models.FloatField(null=True)
    sigma = models.FloatField(null=True)
    subgroups = models.PositiveIntegerField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "characteristic_version", "stage", "kind", "lot", "chart"],
                condition=Q(undone_at=None) & ~Q(kind="note"),
                nulls_distinct=False,
                name="quality_chart_decision_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="freeze",
                    until__isnull=False,
                    centre__isnull=False,
                    subgroups__isnull=False,
                    sigma__gt=0,
                )
                | (~Q(kind="freeze") & Q(lot__isnull=False)),
                name="quality_chart_decision_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["partnership", "characteristic_version", "stage"], name="quality_chart_decision_chart"
            ),
        ]
