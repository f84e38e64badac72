"""Control charts and capability as the API gives them. What does not exist is null."""

from typing import Any

from rest_framework import serializers

from core.finite import finite, finite_line
from quality.formulas.capability import Interval, Refusal, Study, is_preliminary
from quality.formulas.chart_choice import Chart, Choice, Reason
from quality.formulas.other_laws import Way, Why
from quality.formulas.percentiles import Family
from quality.formulas.process import Spread
from quality.formulas.run_rules import Rule
from quality.formulas.time_weighted import Memory
from quality.queries.capability_studies import CapabilityStudy, fitted_study
from quality.queries.process_charts import SPREADS, ProcessChart, Track
from quality.queries.processes import LotValues
from suppliers.queries.parts import Limits

TRACKS = ["means", "values", "ranges", "deviations", "moving_ranges", "ewma", "sums_up", "sums_down"]


class ProcessAnswer(serializers.Serializer):
    """Of what characteristic, and of how many values."""

    characteristic_version = serializers.IntegerField()
    number = serializers.CharField()
    unit = serializers.CharField()
    lsl = serializers.FloatField(allow_null=True)
    usl = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    lots = serializers.IntegerField()
    older_left_out = serializers.BooleanField()
    preliminary = serializers.BooleanField(help_text="Below 25 subgroups or 100 values.")


class ProposedAnswer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[chart.value for chart in Chart])
    reason = serializers.ChoiceField(choices=[reason.value for reason in Reason])


class PointAnswer(serializers.Serializer):
    """A point, with the rules whose pattern it completes."""

    lot = serializers.IntegerField()
    lot_number = serializers.CharField()
    day = serializers.DateField()
    monitored = serializers.BooleanField(help_text="Came after the limits were made.")
    excluded = serializers.BooleanField(help_text="Left out of limits and rules by somebody.")
    value = serializers.FloatField(allow_null=True)
    centre = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    rules = serializers.ListField(child=serializers.ChoiceField(choices=[rule.value for rule in Rule]))


class TrackAnswer(serializers.Serializer):
    name = serializers.ChoiceField(choices=TRACKS)
    points = PointAnswer(many=True)


class SegmentAnswer(serializers.Serializer):
    """A stretch of the chart with limits of its own."""

    first_point = serializers.IntegerField(help_text="Counted from 1.")
    centre = serializers.FloatField(allow_null=True)
    sigma = serializers.FloatField(allow_null=True, help_text="Within subgroups.")
    frozen_until = serializers.DateField(
        allow_null=True, help_text="Last day of the lots that locked limits were made of."
    )


class ChartAnswer(ProcessAnswer):
    """A control chart: level, then spread, over the same points."""

    kind = serializers.ChoiceField(
        choices=[*(chart.value for chart in SPREADS), *(memory.value for memory in Memory)]
    )
    proposed = ProposedAnswer(allow_null=True)
    limits_of = serializers.ChoiceField(
        choices=[chart.value for chart in SPREADS],
        help_text="Chart whose centre and sigma these are: EWMA and CUSUM take those of the proposed one.",
    )
    began_at_point = serializers.IntegerField(
        allow_null=True,
        help_text="Of a CUSUM that signals: where its first shift is thought to have begun, counted from 1.",
    )
    sigma = serializers.FloatField(allow_null=True, help_text="Within subgroups of the last segment.")
    segments = SegmentAnswer(many=True)
    charts = TrackAnswer(many=True)


class IntervalAnswer(serializers.Serializer):
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class StudyAnswer(serializers.Serializer):
    """Indices by one standard deviation: within they are Cp, Cpk, Cpm; overall Pp, Ppk, Ppm."""

    sigma = serializers.FloatField(allow_null=True)
    cp = IntervalAnswer()
    cpk = IntervalAnswer()
    cpm = IntervalAnswer()
    cpl = serializers.FloatField(allow_null=True)
    cpu = serializers.FloatField(allow_null=True)
    expected_ppm_below = serializers.FloatField(allow_null=True)
    expected_ppm_above = serializers.FloatField(allow_null=True)
    refusal = serializers.ChoiceField(
        choices=[reason.value for reason in Refusal if reason],
        allow_null=True,
        help_text="Why there is none.",
    )


class FittedAnswer(serializers.Serializer):
    """Performance by the percentiles of the law that fits best, for values that are not normal."""

    family = serializers.ChoiceField(choices=[family.value for family in Family])
    pp = serializers.FloatField(allow_null=True)
    ppk = serializers.FloatField(allow_null=True)
    expected_ppm_below = serializers.FloatField(allow_null=True)
    expected_ppm_above = serializers.FloatField(allow_null=True)


class OtherWayAnswer(serializers.Serializer):
    """Performance in a way for values that are not normal, with the test of what its law makes of them."""

    way = serializers.ChoiceField(choices=[way.value for way in Way if way is not Way.NORMAL])
    law = serializers.CharField(help_text="Family of the law or of the curve; empty for Box-Cox.")
    power = serializers.FloatField(allow_null=True, help_text="Lambda of Box-Cox.")
    pp = serializers.FloatField(allow_null=True)
    ppk = serializers.FloatField(allow_null=True)
    expected_ppm_below = serializers.FloatField(allow_null=True)
    expected_ppm_above = serializers.FloatField(allow_null=True)
    anderson_darling = serializers.FloatField(allow_null=True)
    p = serializers.FloatField(allow_null=True, help_text="A guide: the law was fitted to the same values.")


class CapabilityAnswer(ProcessAnswer):
    """Capability with 95 % intervals, by both standard deviations; `n` and `lots` are those it counts."""

    lots_left_out = serializers.IntegerField(help_text="Lots of the present segment that somebody left out.")
    lots_of_earlier_segments = serializers.IntegerField(help_text="Lots before the present segment.")

    mean = serializers.FloatField(allow_null=True)
    spread = serializers.ChoiceField(
        choices=[spread.value for spread in Spread], help_text="How sigma within was estimated."
    )
    within = StudyAnswer()
    overall = StudyAnswer()
    observed_ppm_below = serializers.FloatField(allow_null=True)
    observed_ppm_above = serializers.FloatField(allow_null=True)
    anderson_darling = serializers.FloatField(allow_null=True)
    normality_p = serializers.FloatField(allow_null=True)
    fitted = FittedAnswer(allow_null=True)
    other_ways = OtherWayAnswer(
        many=True, help_text="Empty where nothing speaks against the normal law, and where there is no limit."
    )
    way = serializers.ChoiceField(
        choices=[way.value for way in Way],
        help_text="The way to take: the simplest whose law the test does not refute; normal are the usual indices.",
    )
    way_chosen = serializers.ChoiceField(
        choices=[why.value for why in Why], help_text="Why; none_fits where the test refutes every law."
    )


def chart_answer(
    limits: Limits, found: LotValues, chart: ProcessChart, proposed: Choice | None
) -> dict[str, Any]:
    return _head(limits, found) | {
        "kind": (chart.memory or chart.chart).value,
        "limits_of": chart.chart.value,
        "began_at_point": None if chart.began is None else chart.began + 1,
        "proposed": proposed and {"kind": proposed.chart.value, "reason": proposed.reason.value},
        "sigma": finite(chart.baseline.sigma),
        "segments": [
            {
                "first_point": one.first + 1,
                "centre": finite(one.baseline.centre),
                "sigma": finite(one.baseline.sigma),
                "frozen_until": one.frozen and one.frozen.until,
            }
            for one in chart.segments
        ],
        "charts": [{"name": track.name, "points": _points(found, chart, track)} for track in chart.tracks],
    }


def capability_answer(limits: Limits, study: CapabilityStudy) -> dict[str, Any]:
    fitted = fitted_study(study, lsl=limits.lsl, usl=limits.usl)
    return _head(limits, study.counted) | {
        "lots_left_out": study.left_out,
        "lots_of_earlier_segments": study.earlier,
        "mean": finite(study.found.mean),
        "spread": study.spread.value,
        "within": _study(study.found.within),
        "overall": _study(study.found.overall),
        "observed_ppm_below": finite(study.observed.below),
        "observed_ppm_above": finite(study.observed.above),
        "anderson_darling": finite(study.normality.a2),
        "normality_p": finite(study.normality.p),
        "fitted": fitted
        and {
            "family": fitted.family.value,
            "pp": finite(fitted.indices.cp),
            "ppk": finite(fitted.indices.cpk),
            "expected_ppm_below": finite(fitted.expected.below),
            "expected_ppm_above": finite(fitted.expected.above),
        },
        "other_ways": [
            {
                "way": one.way.value,
                "law": one.law,
                "power": finite(one.power),
                "pp": finite(one.indices.cp),
                "ppk": finite(one.indices.cpk),
                "expected_ppm_below": finite(one.expected.below),
                "expected_ppm_above": finite(one.expected.above),
                "anderson_darling": finite(one.test.a2),
                "p": finite(one.test.p),
            }
            for one in study.others
        ],
        "way": study.way.value,
        "way_chosen": study.why.value,
    }


def _head(limits: Limits, found: LotValues) -> dict[str, Any]:
    n = len(found.values)
    return {
        "characteristic_version": limits.version,
        "number": limits.number,
        "unit": limits.unit,
        "lsl": limits.lsl,
        "usl": limits.usl,
        "n": n,
        "lots": len(found.lots),
        "older_left_out": found.cut,
        "preliminary": bool(is_preliminary(subgroups=len(found.lots), values=n)),
    }


def _points(found: LotValues, chart: ProcessChart, track: Track) -> list[dict[str, Any]]:
    columns = zip(
        chart.places.tolist(),
        chart.monitored.tolist(),
        chart.excluded.tolist(),
        *(finite_line(line) for line in (track.values, *track.band)),
        track.rules,
        strict=True,
    )
    return [
        {
            "lot": found.lots[place],
            "lot_number": found.numbers[place],
            "day": found.days[place],
            "monitored": monitored,
            "excluded": excluded,
            "value": value,
            "centre": centre,
            "low": low,
            "high": high,
            "rules": [rule.value for rule in rules],
        }
        for place, monitored, excluded, value, centre, low, high, rules in columns
    ]


def _study(study: Study) -> dict[str, Any]:
    refusal = str(study.refusal)
    return {
        "sigma": finite(study.sigma),
        "cp": _interval(study.cp),
        "cpk": _interval(study.cpk),
        "cpm": _interval(study.cpm),
        "cpl": finite(study.cpl),
        "cpu": finite(study.cpu),
        "expected_ppm_below": finite(study.expected.below),
        "expected_ppm_above": finite(study.expected.above),
        "refusal": refusal or None,
    }


def _interval(found: Interval) -> dict[str, float | None]:
    return {name: finite(value) for name, value in found._asdict().items()}
