"""What the page of a part shows of a chart of inspections: p, np, c, u, Laney p′ and u′."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formatting
from core.lead import joined
from quality.formulas.attribute_charts import Law
from quality.formulas.chart_choice import Chart, Choice, Reason
from quality.formulas.process import Band
from quality.formulas.run_rules import Rule
from quality.queries.rate_charts import (
    LANEY,
    LAWS,
    OF_COUNTS,
    LotCounts,
    RateChart,
    SizesDiffer,
    lot_counts,
    proposed_rate_chart,
    rate_chart,
)
from quality.views.chart_words import RULE_WORDS, choice_words, short
from quality.views.one_track import OneTrack

RATE_WORDS: dict[Chart, Promise] = {
    Chart.P: gettext_lazy("p chart"),
    Chart.NP: gettext_lazy("np chart"),
    Chart.LANEY_P: gettext_lazy("Laney p′ chart"),
    Chart.U: gettext_lazy("u chart"),
    Chart.C: gettext_lazy("c chart"),
    Chart.LANEY_U: gettext_lazy("Laney u′ chart"),
}
REASON_WORDS: dict[Reason, Promise] = {
    Reason.SIZES_DIFFER: gettext_lazy("different numbers of pieces were inspected of the lots"),
    Reason.SIZES_EQUAL: gettext_lazy("the same number of pieces was inspected of every lot"),
    Reason.LOTS_DIFFER: gettext_lazy(
        "lots differ more than chance allows, and usual limits would alarm all the time"
    ),
}
TRACK_NAMES: dict[Chart, Promise] = {
    Chart.P: gettext_lazy("Nonconforming, %"),
    Chart.LANEY_P: gettext_lazy("Nonconforming, %"),
    Chart.NP: gettext_lazy("Nonconforming pieces"),
    Chart.U: gettext_lazy("Nonconformities per 100 pieces"),
    Chart.LANEY_U: gettext_lazy("Nonconformities per 100 pieces"),
    Chart.C: gettext_lazy("Nonconformities"),
}
SOUND_LOTS = 25  # limits of fewer are preliminary


def rate_card(
    part: int, kind: Chart | None, among: dict[str, Any], limits_until: date | None, rules: Sequence[Rule]
) -> dict[str, Any]:
    """Return chart, track, words and choice; without a kind the chart that nonconforming pieces ask for.

    A c chart of lots of different sizes is shown as the u chart, and the words say so.
    """
    law = LAWS[kind] if kind else Law.BINOMIAL
    counts = lot_counts(part=part, law=law, **among)
    choice = proposed_rate_chart(counts, law)
    chosen = kind or (choice.chart if choice else Chart.P)
    until = limits_until if limits_until and counts.days and counts.days[0] <= limits_until else None
    try:
        chart, instead = rate_chart(counts, chosen, rules=rules, limits_until=until), ""
    except SizesDiffer:
        chart = rate_chart(counts, Chart.U, rules=rules, limits_until=until)
        instead = _("A c chart needs lots of one size; these differ, so this is the u chart.")
    return {
        "kind": chart.chart.value,
        "track": _track(counts, chart),
        "why": joined(instead, why(choice, chart), extent(counts)),
        "finding": finding(counts, chart),
        "note": _("First submissions only. The limits follow the number of pieces inspected of each lot."),
    }


def _track(counts: LotCounts, chart: RateChart) -> OneTrack:
    scale = 1 if chart.chart in OF_COUNTS else 100
    units = LAWS[chart.chart] is Law.BINOMIAL
    return OneTrack(
        name=str(TRACK_NAMES[chart.chart]),
        places=1 if chart.chart in OF_COUNTS else 2,
        lots=counts.lots,
        numbers=counts.numbers,
        days=counts.days,
        values=scale * chart.values,
        band=Band(*(scale * line for line in chart.band)),
        marks=["·".join(short(rule) for rule in rules) for rules in chart.rules],
        words=["; ".join(f"{short(rule)} {RULE_WORDS[rule]}" for rule in rules) for rules in chart.rules],
        monitored=chart.monitored.tolist(),
        excluded=[False] * len(counts.lots),
        beside=[
            (_("Nonconforming") if units else _("Nonconformities"), counts.found.tolist()),
            (_("Inspected"), counts.inspected.tolist()),
        ],
    )


def why(choice: Choice | None, chart: RateChart) -> str:
    """Say which chart these counts ask for and why, and how much wider Laney's limits are."""
    if choice is None:
        return ""
    text = choice_words(choice, chart.chart, RATE_WORDS, REASON_WORDS)
    if chart.chart in LANEY and np.isfinite(chart.baseline.spread):
        wider = _("Limits are %(times)s times as wide as chance alone would have them.") % {
            "times": formatting.decimal(float(chart.baseline.spread), 2)
        }
        text += ("" if formatting.is_chinese() else " ") + wider
    return text


def extent(counts: LotCounts) -> str:
    """Say what makes the limits preliminary."""
    if not 0 < len(counts.lots) < SOUND_LOTS:
        return ""
    return _("Limits of fewer than %(n)s lots are preliminary.") % {"n": SOUND_LOTS}


def finding(counts: LotCounts, chart: RateChart) -> str:
    """Say what was found in all."""
    told = {
        "found": formatting.decimal(int(counts.found.sum())),
        "inspected": formatting.decimal(int(counts.inspected.sum())),
    }
    if LAWS[chart.chart] is Law.BINOMIAL:
        return _("%(found)s of %(inspected)s pieces nonconforming.") % told
    return _("%(found)s nonconformities on %(inspected)s pieces.") % told
