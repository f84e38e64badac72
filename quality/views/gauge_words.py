"""What a gauge study says, in words and as rows of tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formatting
from quality.formulas.gauges import guidelines
from quality.formulas.gauges.kappa import CohenKappa, FleissKappa
from quality.formulas.gauges.repeatability import POOL_ABOVE, STUDY_WIDTH
from quality.formulas.gauges.verdicts import Share
from quality.models import GaugeStudy
from quality.queries.gauge_studies import Analysed, Judged, Measured, lowest_kappa, verdict_of

VERDICT_WORDS = {
    guidelines.GOOD: gettext_lazy("acceptable"),
    guidelines.WATCH: gettext_lazy("acceptable on conditions"),
    guidelines.BAD: gettext_lazy("not acceptable"),
}
TOO_FEW = {
    "appraisers": gettext_lazy(
        "One appraiser alone: what differs between people cannot be told, so there is no gauge R&R."
    ),
    "pieces": gettext_lazy("One piece alone: the gauge cannot be compared with differences between pieces."),
    "trials": gettext_lazy(
        "One trial each: repeatability cannot be told; measure every piece twice at least."
    ),
    "gaps": gettext_lazy("The study is not complete: every appraiser reads every piece equally often."),
}
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The figure that a study is known by, and what the manual says of it: good, watch, bad or nothing."""

    text: str
    verdict: str

    @property
    def word(self) -> str:
        return str(VERDICT_WORDS[self.verdict]) if self.verdict else ""


@dataclass(frozen=True, slots=True)
class Component:
    """A source of variation as a row."""

    name: str
    variance: str
    deviation: str
    interval: str
    width: str
    contribution: str
    study: str
    tolerance: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: estimate, interval, and what it says."""

    name: str
    estimate: str
    interval: str
    verdict: str
    said: str


def significant(value: float, digits: int = DIGITS) -> str:
    """Write a number of the study's unit with so many significant digits."""
    if not np.isfinite(value):
        return formatting.NONE
    places = digits - 1 - int(np.floor(np.log10(abs(value)))) if value else 0
    return formatting.decimal(value, min(max(places, 0), 9))


def as_given(value: float) -> str:
    """Write a number with the decimals that somebody gave it."""
    return format(value, ".10g").replace("-", formatting.MINUS)


def percent(value: float) -> str:
    return formatting.decimal(value, 1) + "%" if np.isfinite(value) else formatting.NONE


def between(ends: np.ndarray, write=percent) -> str:
    if not np.all(np.isfinite(ends)):
        return formatting.NONE
    return formatting.span(*(write(float(end)) for end in ends))


def conclusion(found: Analysed) -> Conclusion:
    if found.judged is not None:
        return Conclusion(_of_judgements(found.judged), verdict_of(found))
    assert found.measured is not None
    return Conclusion(_of_values(found.measured), verdict_of(found))


def _of_values(found: Measured) -> str:
    if found.anova is None:
        return formatting.NONE
    share, tolerance = float(found.anova.pct_study_grr), float(found.anova.pct_tolerance_grr)
    text = "%GRR " + percent(share)
    if np.isfinite(tolerance):
        text += _("; of the tolerance %(share)s") % {"share": percent(tolerance)}
    return text


def _of_judgements(found: Judged) -> str:
    told = _("κ to the reference %(low)s") if found.against else _("κ between appraisers %(low)s")
    low = lowest_kappa(found)
    return formatting.NONE if low is None else told % {"low": formatting.decimal(low, 2)}


def lead(found: Analysed) -> str:
    """Say what the study concludes, and what it cannot."""
    concluded = conclusion(found)
    too_few = (found.measured or found.judged).too_few  # type: ignore[union-attr]  # one of the two is there
    if too_few:
        told = linearity_words(found.measured) if found.measured is not None else ""
        return ("" if formatting.is_chinese() else " ").join(
            one for one in (str(TOO_FEW[too_few]), told) if one
        )
    if not concluded.verdict:
        return _("Nothing can be concluded: all readings are alike.")
    said = _("%(figure)s: %(verdict)s by the guidelines of AIAG MSA.") % {
        "figure": concluded.text,
        "verdict": concluded.word,
    }
    if found.measured is not None and found.measured.anova is not None:
        found_ndc = float(found.measured.anova.ndc)
        told = _("Distinct categories: %(n)s (at least %(least)s wanted).") % {
            "n": formatting.decimal(found_ndc) if np.isfinite(found_ndc) else "∞",
            "least": guidelines.LEAST_NDC,
        }
        return said + ("" if formatting.is_chinese() else " ") + told
    return said


# -- measured values -----------------------------------------------------------------------------------
def components(found: Measured) -> list[Component]:
    """Return the table of variance components: variance, standard deviation, and the shares of each source."""
    if found.anova is None:
        return []
    var, ends = found.anova.var, found.intervals
    rows = [
        (_("Gauge R&R"), var.grr, ends and ends.grr, True),
        (_("Repeatability (the gauge)"), var.repeatability, ends and ends.repeatability, False),
        (_("Reproducibility (the appraisers)"), var.reproducibility, ends and ends.reproducibility, False),
        (_("of these the appraiser"), var.operator, None, False),
        (_("of these appraiser × piece"), var.interaction, None, False),
        (_("Between pieces"), var.part, ends and ends.part, False),
        (_("Total"), var.total, None, True),
    ]
    width = found.tolerance.width
    return [
        _component(name, float(value), float(var.total), width, interval, strong)
        for name, value, interval, strong in rows
    ]


def _component(
    name: str, variance: float, total: float, width: float | None, ends: np.ndarray | None, strong: bool
) -> Component:
    deviation = float(np.sqrt(variance))
    share = variance / total if total > 0 else np.nan
    return Component(
        name,
        significant(variance),
        significant(deviation),
        "" if ends is None else between(ends, significant),
        significant(STUDY_WIDTH * deviation),
        percent(100 * share),
        percent(100 * float(np.sqrt(share))),
        percent(100 * STUDY_WIDTH * deviation / width) if width else "",
        strong,
    )


def figures(found: Measured) -> list[Line]:
    """Return %GRR, its share of the tolerance and ndc with intervals, and the same by averages and ranges."""
    if found.anova is None or found.ranges is None:
        return []
    share, tolerance, ndc = (
        float(one) for one in (found.anova.pct_study_grr, found.anova.pct_tolerance_grr, found.anova.ndc)
    )
    ends = found.intervals
    lines = [
        _line(
            _("Gauge R&R, of study variation"),
            percent(share),
            ends and between(ends.pct_study_grr),
            guidelines.of_grr(share),
        )
    ]
    if np.isfinite(tolerance):
        told = ends and between(ends.pct_tolerance_grr)
        lines.append(
            _line(_("Gauge R&R, of the tolerance"), percent(tolerance), told, guidelines.of_grr(tolerance))
        )
    lines.append(
        _line(
            _("Distinct categories (ndc)"),
            formatting.decimal(ndc) if np.isfinite(ndc) else "∞",
            ends and between(np.maximum(np.floor(ends.ndc_raw), 1), formatting.decimal),
            guidelines.of_ndc(ndc),
        )
    )
    by_ranges = float(found.ranges.pct_grr)
    lines.append(_line(_("Gauge R&R by averages and ranges"), percent(by_ranges), "", "", _("to compare")))
    return lines


def _line(name: str, estimate: str, interval: str | None, verdict: str, said: str = "") -> Line:
    return Line(
        name, estimate, interval or "", verdict, said or (str(VERDICT_WORDS[verdict]) if verdict else "")
    )


def interaction_words(found: Measured) -> str:
    """Say whether appraisers differ by piece, and what was done about it."""
    if found.anova is None:
        return ""
    p = float(found.anova.p_interaction)
    if not np.isfinite(p):
        return ""
    told = {
        "p": f"= {formatting.decimal(p, 3)}" if p >= 0.001 else "< 0.001",
        "above": formatting.decimal(POOL_ABOVE, 2),
    }
    if bool(found.anova.pooled):
        return (
            _(
                "Appraiser × piece: p %(p)s, above %(above)s, so it is counted as repeatability (analysis of variance)."
            )
            % told
        )
    return _("Appraiser × piece: p %(p)s, so it stays a source of its own (analysis of variance).") % told


def bias_lines(found: Measured) -> list[tuple[str, str, str, str, str, str]]:
    """Return piece, reference, readings, bias, interval, and what it says."""
    return [
        (
            one.piece,
            as_given(one.reference),
            formatting.decimal(one.n),
            significant(float(one.found.bias)),
            between(np.array([one.found.low, one.found.high]), significant),
            _("zero lies outside") if one.found.low > 0 or one.found.high < 0 else _("zero lies inside"),
        )
        for one in found.biases
    ]


def linearity_words(found: Measured) -> str:
    if found.linearity is None:
        return ""
    line = found.linearity
    told = {
        "intercept": significant(line.intercept),
        "slope": ("+ " if line.slope >= 0 else f"{formatting.MINUS} ") + significant(abs(line.slope)),
        "r2": formatting.decimal(line.r2, 3),
        "p": f"= {formatting.decimal(line.p_slope, 3)}" if line.p_slope >= 0.001 else "< 0.001",
    }
    if line.p_slope < 0.05:
        return (
            _(
                "Bias = %(intercept)s %(slope)s × reference (R² %(r2)s): the bias changes over the range, p %(p)s."
            )
            % told
        )
    return (
        _(
            "Bias = %(intercept)s %(slope)s × reference (R² %(r2)s): no change over the range is shown, p %(p)s."
        )
        % told
    )


def spreads(found: Analysed) -> list[tuple[str, str, str, str]]:
    """Return appraiser, readings, mean and mean range."""
    rows = []
    for at, name in enumerate(found.appraisers):
        own = found.table[:, at, :]
        full = own[np.isfinite(own).sum(-1) > 1]
        rows.append(
            (
                name or formatting.NONE,
                formatting.decimal(int(np.isfinite(own).sum())),
                significant(float(np.nanmean(own)), 6),
                significant(float(np.mean(np.nanmax(full, -1) - np.nanmin(full, -1))))
                if full.size
                else formatting.NONE,
            )
        )
    return rows


def pieces(found: Analysed) -> list[tuple[str, str, str, str]]:
    """Return piece, readings, mean and range."""
    rows = []
    for at, name in enumerate(found.pieces):
        own = found.table[at]
        rows.append(
            (
                name,
                formatting.decimal(int(np.isfinite(own).sum())),
                significant(float(np.nanmean(own)), 6),
                significant(float(np.nanmax(own) - np.nanmin(own))),
            )
        )
    return rows


# -- judgements ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AppraiserRow:
    """One appraiser's agreement with itself and with the known verdicts; (words, verdict) of each."""

    name: str
    cells: Sequence[tuple[str, str]]


def appraiser_rows(found: Analysed) -> list[AppraiserRow]:
    judged = found.judged
    if judged is None or judged.too_few:
        return []
    return [
        AppraiserRow(name or formatting.NONE, list(_appraiser_cells(judged, at)))
        for at, name in enumerate(found.appraisers)
    ]


def _appraiser_cells(found: Judged, at: int):
    within = found.within[at]
    yield _kappa(within) if within is not None else (formatting.NONE, "")
    if found.rates is None:
        return
    yield _kappa(found.against[at])
    for share, of in (
        (found.rates.effective, guidelines.of_effectiveness),
        (found.rates.missed, guidelines.of_missed),
        (found.rates.false_alarms, guidelines.of_false_alarms),
    ):
        yield share_words(share, at), of(float(share.rate[at]))


def share_words(share: Share, at: int) -> str:
    """Write a share with its count and its exact interval."""
    found, of = (int(np.broadcast_to(one, np.shape(share.rate))[at]) for one in (share.found, share.of))
    if not of:
        return formatting.NONE
    written = formatting.rate_interval(float(share.low[at]), float(share.high[at]), of)
    return f"{formatting.rate(float(share.rate[at]), of)} ({found}/{of}; {written})"


def _kappa(one: CohenKappa | FleissKappa) -> tuple[str, str]:
    value = float(one.kappa)
    if not np.isfinite(value):
        return formatting.NONE, ""
    written = formatting.interval(max(float(one.low), -1.0), min(float(one.high), 1.0), 2)
    return f"{formatting.decimal(value, 2)} ({written})", guidelines.of_kappa(value)


def pair_rows(found: Analysed) -> list[tuple[str, str, str]]:
    """Return the kappa of each pair of appraisers, and of all together."""
    judged = found.judged
    if judged is None or judged.too_few:
        return []
    rows = [
        (f"{found.appraisers[one]} – {found.appraisers[other]}", *_kappa(kappa))
        for one, other, kappa in judged.between
    ]
    if judged.together is not None:
        rows.append((_("all together (Fleiss)"), *_kappa(judged.together)))
    return rows


def kind_word(study: GaugeStudy) -> str:
    return str(study.get_kind_display())
