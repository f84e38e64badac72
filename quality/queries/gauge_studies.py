"""Gauge studies to list and to read: their readings, and what these say about the gauge."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from django.db.models import QuerySet

from quality.formulas.gauges import guidelines
from quality.formulas.gauges.crossing import Crossing, crossing, study_by_ranges
from quality.formulas.gauges.intervals import GaugeIntervals, gauge_intervals
from quality.formulas.gauges.kappa import CohenKappa, FleissKappa, cohen_kappa, fleiss_kappa
from quality.formulas.gauges.linearity import Bias, Linearity, gauge_bias, gauge_linearity
from quality.formulas.gauges.repeatability import GaugeAnova, GaugeRanges, gauge_anova
from quality.formulas.gauges.verdicts import AttributeStudy, attribute_study
from quality.models import GaugeReading, GaugeStudy, StudyKind
from suppliers.queries.parts import Limits, limits_by_version
from suppliers.queries.selection import Selection

RELATED = ("gauge__organisation", "part", "partnership__supplier", "partnership__customer")
GAPS_SHOWN = 12
LEAST_BIAS = 2  # readings of a piece


@dataclass(frozen=True, slots=True)
class Gap:
    """An appraiser who read a piece less often than others were read."""

    appraiser: str
    piece: str
    readings: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Limits that the gauge has to tell apart, and whether the study's file gave them."""

    lsl: float | None
    usl: float | None
    own: bool

    @property
    def width(self) -> float | None:
        return None if self.lsl is None or self.usl is None or self.usl <= self.lsl else self.usl - self.lsl


@dataclass(frozen=True, slots=True)
class PieceBias:
    piece: str
    reference: float
    n: int
    found: Bias


@dataclass(frozen=True, slots=True)
class Measured:
    """What measured values say.

    Attributes
    ----------
    too_few : str
        Why there is no gauge R&R: ``appraisers``, ``pieces``, ``trials`` (one alone) or ``gaps``; else empty.
    biases, linearity
        Where reference values are known, of pieces read twice at least.
    """

    tolerance: Tolerance
    too_few: str
    anova: GaugeAnova | None = None
    ranges: GaugeRanges | None = None
    intervals: GaugeIntervals | None = None
    biases: Sequence[PieceBias] = ()
    linearity: Linearity | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What judgements say; of appraisers in their order.

    `within` is Fleiss' kappa of each one's own trials, `between` Cohen's of each pair, `against` of each with the
    known verdicts; what cannot be computed is None. `rates` needs known verdicts and no gaps.
    """

    too_few: str
    rates: AttributeStudy | None = None
    within: Sequence[FleissKappa | None] = ()
    between: Sequence[tuple[int, int, CohenKappa]] = ()
    together: FleissKappa | None = None
    against: Sequence[CohenKappa] = ()


@dataclass(frozen=True)
class Analysed:
    """A study with its readings laid out: `table` of shape (pieces, appraisers, trials), NaN for gaps."""

    study: GaugeStudy
    readings: pd.DataFrame
    pieces: Sequence[str]
    appraisers: Sequence[str]
    table: np.ndarray
    gaps: Sequence[Gap]
    measured: Measured | None = None
    judged: Judged | None = None


def studies_to_list() -> QuerySet[GaugeStudy]:
    """Return all studies, withdrawn ones too, within the open scope."""
    return GaugeStudy.objects.select_related(*RELATED)


def studies_shown(
    selection: Selection, *, kind: str = "", gauge: str = "", commits: Collection[int] | None = None
) -> QuerySet[GaugeStudy]:
    """Return the studies that count, the latest first.

    Parameters
    ----------
    gauge : str
        A piece of a gauge's name, folded.
    commits : collection of int or None
        Only what came by these commits of intake.
    """
    rows = selection.narrow(GaugeStudy.objects.counting().select_related(*RELATED), own_books=True)
    if kind:
        rows = rows.filter(kind=kind)
    if gauge:
        rows = rows.filter(gauge__key__contains=gauge)
    if commits is not None:
        rows = rows.filter(commit_id__in=commits)
    return rows.order_by("-study_date", "-pk")


def study_or_none(study_id: int) -> GaugeStudy | None:
    return studies_to_list().filter(pk=study_id).first()


def others_of_gauge(study: GaugeStudy) -> list[GaugeStudy]:
    """Return the other studies of the gauge that count and may be seen, the latest first."""
    others = GaugeStudy.objects.counting().filter(gauge=study.gauge_id).exclude(pk=study.pk)
    return list(others.select_related(*RELATED).order_by("-study_date", "-pk"))


def analysed(study: GaugeStudy, *, intervals: bool = True) -> Analysed:
    return analyse([study], intervals=intervals)[0]


def analyse(studies: Sequence[GaugeStudy], *, intervals: bool = False) -> list[Analysed]:
    """Read the readings of some studies at once, and compute what each says."""
    rows = GaugeReading.objects.filter(study__in=[one.pk for one in studies]).order_by("study", "pk")
    columns = ["study", "appraiser", "piece", "trial", "value", "accepted", "reference", "reference_accepted"]
    readings = pd.DataFrame(list(rows.values_list(*columns)), columns=columns)
    by_study = dict(iter(readings.groupby("study")))
    limits = limits_by_version(
        [one.characteristic_version_id for one in studies if one.characteristic_version_id]
    )
    return [
        _analysed(one, by_study[one.pk], limits.get(one.characteristic_version_id or 0), intervals)
        for one in studies
    ]


def _analysed(study: GaugeStudy, readings: pd.DataFrame, limits: Limits | None, intervals: bool) -> Analysed:
    pieces = sorted(readings["piece"].unique(), key=natural)
    appraisers = list(dict.fromkeys(readings["appraiser"]))
    judged = study.kind == StudyKind.JUDGED
    laid = crossing(
        readings["piece"].map({name: at for at, name in enumerate(pieces)}),
        readings["appraiser"].map({name: at for at, name in enumerate(appraisers)}),
        readings["trial"],
        readings["accepted" if judged else "value"].astype("float64"),
    )
    gaps = [
        Gap(appraisers[appraiser], pieces[piece], int(laid.counts[piece, appraiser]), laid.table.shape[2])
        for piece, appraiser in np.argwhere(laid.counts < laid.counts.max())
    ]
    return Analysed(
        study,
        readings,
        pieces,
        appraisers,
        laid.table,
        gaps,
        None if judged else _measured(study, readings, pieces, laid, limits, intervals),
        _judged(readings, pieces, laid) if judged else None,
    )


def natural(name: str) -> list[tuple[int, int | str]]:
    """Return a key by which 2 comes before 10, and P2 before P10."""
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in re.split(r"(\d+)", name) if part]


def verdict_of(found: Analysed) -> str:
    """Return what the manual's guidelines conclude: good, watch, bad, or nothing where there is no figure."""
    if found.judged is not None:
        low = lowest_kappa(found.judged)
        return "" if low is None else guidelines.worst(guidelines.of_kappa(low), *_rates_say(found.judged))
    anova = found.measured and found.measured.anova
    if not anova:
        return ""
    return guidelines.worst(
        guidelines.of_grr(float(anova.pct_study_grr)),
        guidelines.of_grr(float(anova.pct_tolerance_grr)),
        guidelines.of_ndc(float(anova.ndc)),
    )


def lowest_kappa(found: Judged) -> float | None:
    """Return the lowest kappa to the known verdicts, without these the lowest between two appraisers."""
    kappas = found.against or [kappa for _one, _other, kappa in found.between]
    known = [float(one.kappa) for one in kappas if np.isfinite(one.kappa)]
    return min(known, default=None)


def _rates_say(found: Judged) -> list[str]:
    if found.rates is None:
        return []
    judged = (
        (found.rates.effective, guidelines.of_effectiveness),
        (found.rates.missed, guidelines.of_missed),
        (found.rates.false_alarms, guidelines.of_false_alarms),
    )
    return [of(float(rate)) for share, of in judged for rate in np.atleast_1d(share.rate)]


# -- measured values -----------------------------------------------------------------------------------
def _measured(
    study: GaugeStudy,
    readings: pd.DataFrame,
    pieces: Sequence[str],
    laid: Crossing,
    limits: Limits | None,
    intervals: bool,
) -> Measured:
    tolerance = _tolerance(study, limits)
    too_few = _too_few(laid)
    biases, linearity = _against_references(readings, pieces)
    if too_few:
        return Measured(tolerance, too_few, biases=biases, linearity=linearity)
    return Measured(
        tolerance,
        "",
        gauge_anova(laid.table, tolerance=tolerance.width),
        study_by_ranges(laid.table),
        gauge_intervals(laid.table, tolerance=tolerance.width) if intervals else None,
        biases,
        linearity,
    )


def _tolerance(study: GaugeStudy, limits: Limits | None) -> Tolerance:
    if study.lsl is not None or study.usl is not None:
        return Tolerance(study.lsl, study.usl, own=True)
    return Tolerance(limits.lsl if limits else None, limits.usl if limits else None, own=False)


def _too_few(laid: Crossing) -> str:
    pieces, appraisers, trials = laid.table.shape
    for name, number in (("appraisers", appraisers), ("pieces", pieces), ("trials", trials)):
        if number < 2:
            return name
    return "" if laid.is_whole else "gaps"


def _against_references(
    readings: pd.DataFrame, pieces: Sequence[str]
) -> tuple[list[PieceBias], Linearity | None]:
    known = readings[readings["reference"].notna()]
    biases = []
    for piece in pieces:
        own = known[known["piece"] == piece]
        if len(own) >= LEAST_BIAS and _one_alone(own["reference"]):
            reference = float(own["reference"].iloc[0])
            found = gauge_bias(own["value"].to_numpy(float), reference)
            biases.append(PieceBias(piece, reference, len(own), found))
    if len(known) <= LEAST_BIAS or _one_alone(known["reference"]):
        return biases, None
    return biases, gauge_linearity(known["reference"].to_numpy(float), known["value"].to_numpy(float))


def _one_alone(values: pd.Series) -> bool:
    return bool(values.min() == values.max())


# -- judgements ----------------------------------------------------------------------------------------
def _judged(readings: pd.DataFrame, pieces: Sequence[str], laid: Crossing) -> Judged:
    count_pieces, appraisers, trials = laid.table.shape
    if not laid.is_whole:
        return Judged("gaps")
    if count_pieces < 2:
        return Judged("pieces")
    said = laid.table.astype(bool)
    standard = _standard(readings, pieces)
    return Judged(
        "",
        rates=None if standard is None else attribute_study(said, standard),
        within=[_fleiss(said[:, one, :]) if trials > 1 else None for one in range(appraisers)],
        between=[
            (one, other, _cohen(said[:, one, :], said[:, other, :]))
            for one, other in combinations(range(appraisers), 2)
        ],
        together=_fleiss(said.reshape(count_pieces, -1)) if appraisers > 1 else None,
        against=[]
        if standard is None
        else [
            _cohen(said[:, one, :], np.broadcast_to(standard[:, None], (count_pieces, trials)))
            for one in range(appraisers)
        ],
    )


def _standard(readings: pd.DataFrame, pieces: Sequence[str]) -> np.ndarray | None:
    """Return the known verdict of each piece, or None where a piece has none or two."""
    known = readings.dropna(subset=["reference_accepted"]).groupby("piece")["reference_accepted"]
    if known.ngroups < len(pieces) or (known.min() != known.max()).any():
        return None
    return known.first().reindex(pieces).to_numpy(dtype=bool)


def _cohen(one: np.ndarray, other: np.ndarray) -> CohenKappa:
    cells = np.bincount(2 * one.astype(int).ravel() + other.astype(int).ravel(), minlength=4)
    return cohen_kappa(cells.reshape(2, 2))


def _fleiss(said: np.ndarray) -> FleissKappa:
    accepted = said.sum(-1)
    return fleiss_kappa(np.column_stack([accepted, said.shape[-1] - accepted]))
