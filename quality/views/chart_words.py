"""What the chart page says: names of charts and rules, why a chart was proposed, why there is no index."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import formatting
from core.lead import Lead, joined, strong
from quality.formulas.capability import Refusal, is_preliminary
from quality.formulas.chart_choice import Chart, Choice, Reason
from quality.formulas.process import Band
from quality.formulas.run_lengths import cusum_run_length, ewma_run_length, shewhart_run_length
from quality.formulas.run_rules import Rule
from quality.formulas.time_weighted import Memory
from quality.queries.capability_studies import CapabilityStudy
from quality.queries.memory_charts import USUAL
from quality.queries.process_charts import ProcessChart, Track
from quality.queries.processes import LotValues
from quality.views.law_words import way_name
from suppliers.queries.parts import Limits

DRAWN_PLACES = 9  # decimals that a browser is given
CHART_WORDS: dict[Chart | Memory, Promise] = {
    Chart.XBAR_R: gettext_lazy("Xbar-R chart"),
    Chart.XBAR_S: gettext_lazy("Xbar-S chart"),
    Chart.I_MR: gettext_lazy("I-MR chart"),
    Memory.EWMA: gettext_lazy("EWMA chart"),
    Memory.CUSUM: gettext_lazy("CUSUM chart"),
}
REASON_WORDS = {
    Reason.SINGLE_VALUES: gettext_lazy("most lots have a single value"),
    Reason.SMALL_SUBGROUPS: gettext_lazy("every lot has the same number of pieces, at most eight"),
    Reason.LARGE_SUBGROUPS: gettext_lazy(
        "lots have more than eight pieces, and a range would waste most of them"
    ),
    Reason.SIZES_DIFFER: gettext_lazy("lots have different numbers of pieces"),
}
RULE_WORDS = {
    Rule.NELSON_1: gettext_lazy("beyond the control limits"),
    Rule.NELSON_2: gettext_lazy("nine in a row on one side of the centre line"),
    Rule.NELSON_3: gettext_lazy("six in a row rising or falling"),
    Rule.NELSON_4: gettext_lazy("fourteen in a row up and down in turn"),
    Rule.NELSON_5: gettext_lazy("two of three beyond 2 sigma on one side"),
    Rule.NELSON_6: gettext_lazy("four of five beyond 1 sigma on one side"),
    Rule.NELSON_7: gettext_lazy("fifteen in a row within 1 sigma"),
    Rule.NELSON_8: gettext_lazy("eight in a row beyond 1 sigma, on either side"),
    Rule.WECO_1: gettext_lazy("beyond the control limits"),
    Rule.WECO_2: gettext_lazy("two of three beyond 2 sigma on one side"),
    Rule.WECO_3: gettext_lazy("four of five beyond 1 sigma on one side"),
    Rule.WECO_4: gettext_lazy("eight in a row on one side of the centre line"),
}
TRACK_WORDS = {
    "means": gettext_lazy("Mean"),
    "values": gettext_lazy("Value"),
    "ranges": gettext_lazy("Range"),
    "deviations": gettext_lazy("Standard deviation"),
    "moving_ranges": gettext_lazy("Moving range"),
    "ewma": gettext_lazy("Weighted average (EWMA)"),
    "sums_up": gettext_lazy("Upper sum"),
    "sums_down": gettext_lazy("Lower sum"),
}
REFUSAL_WORDS = {
    Refusal.TOO_FEW: gettext_lazy("fewer than two values"),
    Refusal.CONSTANT: gettext_lazy("all values are equal: the gauge may not resolve the difference"),
    Refusal.NO_SUBGROUPS: gettext_lazy("no lot has two pieces, so nothing tells the spread within"),
    Refusal.CONSTANT_WITHIN: gettext_lazy("pieces of one lot are always equal: they may be copies"),
    Refusal.NO_LIMITS: gettext_lazy("the characteristic has no specification limit"),
    Refusal.LIMITS_CROSSED: gettext_lazy("the lower specification limit is not below the upper one"),
}


def short(rule: Rule) -> str:
    """A rule as it stands at a point: its number, with W before those of Western Electric."""
    return rule.value[-1] if rule.startswith("nelson") else f"W{rule.value[-1]}"


def rule_word(rule: Rule) -> str:
    return f"{short(rule)} {RULE_WORDS[rule]}"


def places_marked(track: Track, rule: Rule) -> str:
    """Name the points that complete a pattern, by number; neighbours as one span."""
    places = [place for place, rules in enumerate(track.rules, 1) if rule in rules]
    spans: list[list[int]] = []
    for place in places:
        if spans and spans[-1][-1] == place - 1:
            spans[-1][1:] = [place]
        else:
            spans.append([place])
    between = "、" if formatting.is_chinese() else ", "
    return between.join(
        formatting.span(*map(formatting.decimal, (span[0], span[-1])))
        if len(span) > 1
        else formatting.decimal(span[0])
        for span in spans
    )


def lead(
    limits: Limits, found: LotValues, chart: ProcessChart, rules: Sequence[Rule], study: CapabilityStudy
) -> Lead:
    """Keep the two apart: whether the process has changed, and whether it is capable."""
    marked = sum(bool(any(pair)) for pair in zip(*(track.rules for track in chart.tracks), strict=True))
    if not np.isfinite(chart.baseline.sigma) or not chart.baseline.sigma > 0:
        signal = _("Too little to tell control limits from: the values give no spread within.")
    elif marked and chart.memory:
        signal = ngettext("%(n)s of %(all)s points signals.", "%(n)s of %(all)s points signal.", marked) % {
            "n": formatting.decimal(marked),
            "all": formatting.decimal(len(chart.places)),
        }
        if chart.began is not None:
            signal += ("" if formatting.is_chinese() else " ") + began(found, chart)
    elif marked:
        names = [rule for rule in Rule if any(rule in at for track in chart.tracks for at in track.rules)]
        signal = ngettext(
            "%(n)s of %(all)s points signals (run rule %(rules)s).",
            "%(n)s of %(all)s points signal (run rule %(rules)s).",
            marked,
        ) % {
            "n": formatting.decimal(marked),
            "all": formatting.decimal(len(chart.places)),
            "rules": " · ".join(short(rule) for rule in names),
        }
    elif rules:
        signal = ngettext("No signal at %(n)s point.", "No signal at %(n)s points.", len(chart.places)) % {
            "n": formatting.decimal(len(chart.places))
        }
    else:
        signal = _("No run rule is switched on.")
    return Lead(
        joined(strong(signal), out_of_limits(limits, found), capability_word(study)),
        "bad" if marked else "",
    )


def began(found: LotValues, chart: ProcessChart) -> str:
    """Say where the first shift of a CUSUM is thought to have begun."""
    assert chart.began is not None
    lot = chart.places[chart.began]
    return _("The first shift is thought to have begun at point %(n)s, lot %(lot)s.") % {
        "n": formatting.decimal(chart.began + 1),
        "lot": found.numbers[lot],
    }


def memory_words(memory: Memory) -> str:
    """Say how a chart with memory is made, how often it signals by chance, and how soon it finds a shift of one."""
    told = {name: f"{value:g}" for name, value in asdict(USUAL).items()}
    if memory is Memory.EWMA:
        lengths = ewma_run_length([0, 1], weight=USUAL.weight, width=USUAL.width)
        made = _("λ = %(weight)s, limits at %(width)s standard errors.")
    else:
        lengths = cusum_run_length([0, 1], allowance=USUAL.allowance, decision=USUAL.decision)
        made = _("Sums in standard errors of a point, k = %(allowance)s, h = %(decision)s.")
    found = _(
        "Of a process at rest one signal in about %(chance)s points; a shift by one standard error is found "
        "after about %(soon)s, on a chart without memory after %(late)s."
    )
    numbers = (*lengths, shewhart_run_length(1))
    told |= dict(
        zip(("chance", "soon", "late"), (formatting.decimal(float(one)) for one in numbers), strict=True)
    )
    return joined(made % told, found % told)


def out_of_limits(limits: Limits, found: LotValues) -> str:
    """Say how many of the pieces lie out of specification."""
    if limits.lsl is None and limits.usl is None:
        return ""
    low = -np.inf if limits.lsl is None else limits.lsl
    high = np.inf if limits.usl is None else limits.usl
    outside = int(((found.values < low) | (found.values > high)).sum())
    told = {"n": formatting.decimal(outside), "all": formatting.decimal(len(found.values))}
    if not outside:
        return _("All %(all)s values are within specification.") % told
    return (
        ngettext(
            "%(n)s of %(all)s values is out of specification.",
            "%(n)s of %(all)s values are out of specification.",
            outside,
        )
        % told
    )


def counted(study: CapabilityStudy) -> str:
    """Say which lots capability counts, and which it does not."""
    lots, earlier, left_out = len(study.counted.lots), study.earlier, study.left_out
    told = [
        (lots, ngettext("Counted is %(n)s lot.", "Counted are %(n)s lots.", lots)),
        (
            earlier,
            ngettext(
                "%(n)s lot of earlier segments is not counted.",
                "%(n)s lots of earlier segments are not counted.",
                earlier,
            ),
        ),
        (
            left_out,
            ngettext(
                "%(n)s lot that was left out is not counted.",
                "%(n)s lots that were left out are not counted.",
                left_out,
            ),
        ),
    ]
    return joined(*(words % {"n": formatting.decimal(n)} for n, words in told if n))


def capability_word(study: CapabilityStudy) -> str:
    within = study.found.within
    refusal = str(within.refusal)
    if refusal:
        return _("No Cpk: %(why)s.") % {"why": REFUSAL_WORDS[Refusal(refusal)]}
    told = {
        "value": formatting.decimal(float(within.cpk.value), 2),
        "interval": formatting.interval(float(within.cpk.low), float(within.cpk.high), 2),
    }
    if is_preliminary(subgroups=len(study.counted.lots), values=len(study.counted.values)):
        text = _("Cpk %(value)s (%(interval)s, preliminary).") % told
    else:
        text = _("Cpk %(value)s (%(interval)s).") % told
    if study.taken is None:
        return text
    ppk = formatting.decimal(float(study.taken.indices.cpk), 2)
    return joined(
        text, _("The values are not normal: %(name)s %(ppk)s.") % {"name": way_name(study.taken), "ppk": ppk}
    )


def limits_at(band: Band, at: int, places: int) -> str:
    """Return the limits of a point; the upper one alone where there is no lower."""
    low, high = float(band.low[at]), float(band.high[at])
    return formatting.interval(low, high, places) if np.isfinite(low) else formatting.decimal(high, places)


def choice_words(
    choice: Choice, shown: Chart, names: Mapping[Any, Promise], reasons: Mapping[Any, Promise]
) -> str:
    """Say which chart the data ask for and why, and whether it is the one shown."""
    told = {"chart": names[choice.chart], "why": reasons[choice.reason]}
    if choice.chart is shown:
        return _("Chosen by the data: %(why)s.") % told
    return _("The data ask for the %(chart)s: %(why)s.") % told
