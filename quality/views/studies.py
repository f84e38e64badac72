"""Capability as rows of a table: estimate, interval, and what either says."""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formatting
from quality.formulas.capability import Interval, Refusal, Study, is_preliminary
from quality.formulas.percentiles import Family
from quality.queries.capability_studies import CapabilityStudy
from quality.views.chart_words import REFUSAL_WORDS
from suppliers.queries.parts import Limits

FAMILY_WORDS = {
    Family.NORMAL: gettext_lazy("the normal law"),
    Family.LOGNORMAL: gettext_lazy("the lognormal law"),
    Family.WEIBULL: gettext_lazy("the Weibull law"),
    Family.GAMMA: gettext_lazy("the gamma law"),
}
AGREED = 1.33  # the usual least Cpk of a running process (AIAG PPAP)
UNUSUAL = 0.05  # of the test of the normal law


@dataclass(frozen=True, slots=True)
class StudyRow:
    name: str
    estimate: str
    interval: str
    said: str


def study_rows(limits: Limits, study: CapabilityStudy) -> list[StudyRow]:
    """Return indices by both standard deviations, what lies out of limits, and the test of the normal law."""
    within, overall, n = study.found.within, study.found.overall, len(study.counted.values)
    concludes = not is_preliminary(subgroups=len(study.counted.lots), values=n)
    rows = [
        *_indices(within, ("Cpk", "Cp", "Cpm"), concludes),
        *_indices(overall, ("Ppk", "Pp", "Ppm"), concludes),
        _sigma(_("Within sigma"), within, limits),
        _sigma(_("Overall sigma"), overall, limits),
    ]
    if not str(overall.refusal):
        expected = float(overall.expected.below + overall.expected.above)
        observed = round(float(study.observed.below + study.observed.above) * n / 1e6)
        rows.append(
            StudyRow(
                _("Expected out of specification"),
                f"{formatting.decimal(expected, 0 if expected >= 10 else 2)} ppm",
                "",
                _("observed %(n)s of %(all)s")
                % {"n": formatting.decimal(observed), "all": formatting.decimal(n)},
            )
        )
    return [*rows, _normality(study), *_fitted(study)]


def _fitted(study: CapabilityStudy) -> list[StudyRow]:
    """Performance by percentiles, where the values are not normal."""
    fitted = study.fitted
    if fitted is None or not float(study.normality.p) < UNUSUAL:
        return []
    told = {"law": FAMILY_WORDS[fitted.family]}
    if fitted.family is Family.NORMAL:
        return [
            StudyRow(_("Ppk by percentiles"), formatting.NONE, "", _("no law that was tried fits better"))
        ]
    expected = float(fitted.expected.total)
    return [
        StudyRow(
            _("Ppk by percentiles"),
            formatting.decimal(float(fitted.indices.cpk), 2),
            "",
            _("%(law)s fits best: %(ppm)s ppm expected out of specification")
            % (told | {"ppm": formatting.decimal(expected, 0 if expected >= 10 else 2)}),
        )
    ]


def _indices(study: Study, names: tuple[str, str, str], concludes: bool) -> list[StudyRow]:
    """Cpk, Cp and Cpm of a standard deviation; those that do not exist are left out, a refusal says why."""
    refusal = str(study.refusal)
    if refusal:
        return [StudyRow(names[0], formatting.NONE, "", str(REFUSAL_WORDS[Refusal(refusal)]))]
    found = zip(names, (study.cpk, study.cp, study.cpm), strict=True)
    return [
        StudyRow(
            name,
            formatting.decimal(float(one.value), 2),
            formatting.interval(float(one.low), float(one.high), 2),
            _concluded(one) if concludes and name == names[0] else "",
        )
        for name, one in found
        if np.isfinite(one.value)
    ]


def _concluded(one: Interval) -> str:
    told = {"agreed": formatting.decimal(AGREED, 2)}
    if one.low > AGREED:
        return _("interval above %(agreed)s") % told
    if one.high < AGREED:
        return _("interval below %(agreed)s") % told
    return _("cannot tell whether above %(agreed)s") % told


def _sigma(name: str, study: Study, limits: Limits) -> StudyRow:
    return StudyRow(name, formatting.decimal(float(study.sigma), limits.places + 2), "", limits.unit)


def _normality(study: CapabilityStudy) -> StudyRow:
    p = float(study.normality.p)
    told = {"p": f"= {formatting.decimal(p, 3)}" if p >= 0.001 else "< 0.001"}
    if not np.isfinite(p):
        said = _("too few values to test")
    elif p < UNUSUAL:
        said = _("p %(p)s: not normal, so indices and expected ppm mislead") % told
    else:
        said = _("p %(p)s: nothing against the normal law") % told
    return StudyRow(
        _("Normality (Anderson–Darling)"),
        f"A² = {formatting.decimal(float(study.normality.a2), 2)}",
        "",
        said,
    )
