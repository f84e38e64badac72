"""Capability as rows of a table: estimate, interval, and what either says."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from core import formatting
from quality.formulas.capability import Interval, Ppm, Refusal, Study, is_preliminary
from quality.formulas.other_laws import UNUSUAL, Why
from quality.queries.capability_studies import CapabilityStudy
from quality.views.chart_words import REFUSAL_WORDS
from quality.views.law_words import way_name
from suppliers.queries.parts import Limits

AGREED = 1.33  # the usual least Cpk of a running process (AIAG PPAP)


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
        observed = round(float(study.observed.below + study.observed.above) * n / 1e6)
        rows.append(
            StudyRow(
                _("Expected out of specification"),
                f"{_ppm(overall.expected)} ppm",
                "",
                _("observed %(n)s of %(all)s")
                % {"n": formatting.decimal(observed), "all": formatting.decimal(n)},
            )
        )
    return [*rows, _normality(study), *_others(study)]


def _others(study: CapabilityStudy) -> list[StudyRow]:
    """Ppk in the ways for values that are not normal, and which of them to take."""
    rows = [
        StudyRow(
            way_name(one),
            formatting.decimal(float(one.indices.cpk), 2),
            "",
            _and(
                _("taken: the simplest law that the test does not refute (p %(p)s).") % {"p": _p(one.test.p)}
                if one.way is study.way
                else _("p %(p)s.") % {"p": _p(one.test.p)},
                _("%(ppm)s ppm expected out of specification.") % {"ppm": _ppm(one.expected)},
            ),
        )
        for one in study.others
    ]
    if study.why is Why.NONE_FITS:
        rows.append(
            StudyRow(
                _("Way to take"),
                formatting.NONE,
                "",
                _(
                    "the test refutes every law that was tried: several processes may be mixed, or the gauge rounds. "
                    "Go by the values observed out of specification"
                ),
            )
        )
    return rows


def _and(one: str, other: str) -> str:
    return f"{one}{other}" if formatting.is_chinese() else f"{one} {other}"


def _ppm(expected: Ppm) -> str:
    total = float(expected.total)
    return formatting.decimal(total, 0 if total >= 10 else 2)


def _p(p: Any) -> str:
    return f"= {formatting.decimal(float(p), 3)}" if p >= 0.001 else "< 0.001"


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
    told = {"p": _p(p)}
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
