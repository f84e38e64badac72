"""Gauge studies: to read. They enter by `uploads/` alone."""

import math
from typing import Any

import numpy as np
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.finite import finite
from core.serializers import RowSerializer
from core.viewsets import ReadViewSet
from quality.filters import GaugeStudyFilter
from quality.formulas.gauges.verdicts import Share
from quality.models import GaugeStudy
from quality.queries.gauge_studies import Analysed, Judged, Measured, analysed, studies_to_list, verdict_of


class GaugeStudySerializer(RowSerializer):
    """One study of a gauge on a characteristic of a part, on one day."""

    gauge_name = serializers.CharField(source="gauge.name")
    holder = serializers.IntegerField(
        source="gauge.organisation_id", help_text="Organisation whose gauge it is."
    )
    part_number = serializers.CharField(source="part.number")
    characteristic = serializers.CharField(source="characteristic_name")

    class Meta:
        model = GaugeStudy
        fields = [
            "id", "partnership", "gauge", "gauge_name", "holder", "part", "part_number", "characteristic",
            "characteristic_version", "kind", "study_date", "unit", "lsl", "usl", "appraiser_count", "piece_count",
            "reading_count", "recorded_at", "withdrawn_at", "corrects",
        ]  # fmt: skip
        read_only_fields = fields


class FigureAnswer(serializers.Serializer):
    """An estimate with its 95 % interval; null where it is not defined."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class ComponentsAnswer(serializers.Serializer):
    """Variances by source, in the square of the unit."""

    repeatability = serializers.FloatField()
    operator = serializers.FloatField()
    interaction = serializers.FloatField()
    reproducibility = serializers.FloatField()
    grr = serializers.FloatField()
    part = serializers.FloatField()
    total = serializers.FloatField()


class GaugeBiasAnswer(serializers.Serializer):
    piece = serializers.CharField()
    reference = serializers.FloatField()
    readings = serializers.IntegerField()
    bias = FigureAnswer()


class GaugeMeasuredAnswer(serializers.Serializer):
    """Gauge R&R of a crossed study by analysis of variance, and bias against known values."""

    too_few = serializers.ChoiceField(
        choices=["appraisers", "pieces", "trials", "gaps"],
        allow_blank=True,
        help_text="Why there is no gauge R&R; else empty.",
    )
    variances = ComponentsAnswer(allow_null=True)
    pooled = serializers.BooleanField(
        allow_null=True, help_text="Whether the interaction was joined to the repeatability."
    )
    pct_study_grr = FigureAnswer(allow_null=True)
    pct_tolerance_grr = FigureAnswer(allow_null=True, help_text="Null without a tolerance of two limits.")
    ndc = serializers.FloatField(allow_null=True)
    pct_grr_by_ranges = serializers.FloatField(allow_null=True)
    biases = GaugeBiasAnswer(many=True)


class AppraiserAnswer(serializers.Serializer):
    """One appraiser; the rates are null without a known verdict of every piece."""

    appraiser = serializers.CharField(allow_blank=True)
    kappa_within = FigureAnswer(allow_null=True)
    kappa_reference = FigureAnswer(allow_null=True)
    effectiveness = FigureAnswer(allow_null=True)
    missed = FigureAnswer(allow_null=True)
    false_alarms = FigureAnswer(allow_null=True)


class GaugePairAnswer(serializers.Serializer):
    appraisers = serializers.ListField(child=serializers.CharField(allow_blank=True))
    kappa = FigureAnswer()


class GaugeJudgedAnswer(serializers.Serializer):
    """Agreement of judgements beyond chance: Fleiss' kappa within and of all, Cohen's of pairs and references."""

    too_few = serializers.ChoiceField(choices=["pieces", "gaps"], allow_blank=True)
    appraisers = AppraiserAnswer(many=True)
    pairs = GaugePairAnswer(many=True)
    kappa_together = FigureAnswer(allow_null=True)


class ReadingAnswer(serializers.Serializer):
    appraiser = serializers.CharField(allow_blank=True)
    piece = serializers.CharField()
    trial = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    accepted = serializers.BooleanField(allow_null=True)
    reference = serializers.FloatField(allow_null=True)
    reference_accepted = serializers.BooleanField(allow_null=True)


class GaugeStudyDetailSerializer(GaugeStudySerializer):
    """A study with its figures and readings."""

    verdict = serializers.ChoiceField(
        choices=["good", "watch", "bad"],
        allow_blank=True,
        help_text="By the guidelines of AIAG MSA; empty where nothing can be concluded.",
    )
    measured = GaugeMeasuredAnswer(allow_null=True)
    judged = GaugeJudgedAnswer(allow_null=True)
    readings = ReadingAnswer(many=True)

    class Meta(GaugeStudySerializer.Meta):
        fields = [*GaugeStudySerializer.Meta.fields, "verdict", "measured", "judged", "readings"]
        read_only_fields = fields


class GaugeStudyViewSet(ReadViewSet):
    """Gauge studies; at its id a study with its figures and readings."""

    serializer_class = GaugeStudySerializer
    filterset_class = GaugeStudyFilter

    def rows(self) -> QuerySet:
        return studies_to_list()

    @extend_schema(responses=GaugeStudyDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        study = self.get_object()
        found = analysed(study)
        return Response(dict(GaugeStudySerializer(study).data) | _told(found))


def _told(found: Analysed) -> dict[str, Any]:
    columns = list(ReadingAnswer().fields)
    return {
        "verdict": verdict_of(found),
        "measured": found.measured and _measured(found.measured),
        "judged": found.judged and _judged(found, found.judged),
        "readings": [
            {name: _plain(value) for name, value in zip(columns, row, strict=True)}
            for row in found.readings[columns].itertuples(index=False, name=None)
        ],
    }


def _measured(found: Measured) -> dict[str, Any]:
    anova, ends, ranges = found.anova, found.intervals, found.ranges
    has_width = found.tolerance.width is not None
    return {
        "too_few": found.too_few,
        "variances": anova and {name: float(value) for name, value in anova.var._asdict().items()},
        "pooled": bool(anova.pooled) if anova else None,
        "pct_study_grr": anova and ends and _figure(anova.pct_study_grr, *ends.pct_study_grr),
        "pct_tolerance_grr": _figure(anova.pct_tolerance_grr, *ends.pct_tolerance_grr)
        if anova and ends and has_width
        else None,
        "ndc": finite(anova.ndc) if anova else None,
        "pct_grr_by_ranges": finite(ranges.pct_grr) if ranges else None,
        "biases": [
            {
                "piece": one.piece,
                "reference": one.reference,
                "readings": one.n,
                "bias": _figure(one.found.bias, one.found.low, one.found.high),
            }
            for one in found.biases
        ],
    }


def _judged(found: Analysed, judged: Judged) -> dict[str, Any]:
    if judged.too_few:
        return {"too_few": judged.too_few, "appraisers": [], "pairs": [], "kappa_together": None}
    return {
        "too_few": "",
        "appraisers": [_appraiser(name, judged, at) for at, name in enumerate(found.appraisers)],
        "pairs": [
            {"appraisers": [found.appraisers[one], found.appraisers[other]], "kappa": _kappa(kappa)}
            for one, other, kappa in judged.between
        ],
        "kappa_together": judged.together and _kappa(judged.together),
    }


def _appraiser(name: str, judged: Judged, at: int) -> dict[str, Any]:
    rates, within = judged.rates, judged.within[at]
    return {
        "appraiser": name,
        "kappa_within": within and _kappa(within),
        "kappa_reference": _kappa(judged.against[at]) if judged.against else None,
        "effectiveness": rates and _share(rates.effective, at),
        "missed": rates and _share(rates.missed, at),
        "false_alarms": rates and _share(rates.false_alarms, at),
    }


def _share(share: Share, at: int) -> dict[str, float | None]:
    return _figure(share.rate[at], share.low[at], share.high[at])


def _kappa(found: Any) -> dict[str, float | None]:
    return _figure(found.kappa, found.low, found.high)


def _figure(value: Any, low: Any, high: Any) -> dict[str, float | None]:
    return {"value": finite(value), "low": finite(low), "high": finite(high)}


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value
