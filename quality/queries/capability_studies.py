"""Capability of a measured characteristic as it is now: of the present segment, without the lots left out."""

from dataclasses import dataclass

import numpy as np

from quality.formulas.capability import Capability, Indices, Ppm, capability, observed_ppm
from quality.formulas.normality import Normality, anderson_darling
from quality.formulas.other_laws import UNUSUAL, Other, Way, Why, chosen_way, other_ways
from quality.formulas.percentiles import SHARES, Family, best_fit, percentile_indices
from quality.formulas.percentiles import expected_ppm as expected_ppm_of
from quality.formulas.process import Spread
from quality.queries.chart_decisions import NOTHING_DECIDED, Decided
from quality.queries.process_charts import SPREADS, proposed_chart, segments_of, sums_of_lots
from quality.queries.processes import LotValues


@dataclass(frozen=True, slots=True)
class FittedStudy:
    """Performance by the percentiles of the law of highest likelihood."""

    family: Family
    indices: Indices  # Pp and Ppk; the level is the median
    expected: Ppm


@dataclass(frozen=True, slots=True)
class CapabilityStudy:
    """Capability of a process, and what speaks for or against the normal law.

    `counted` are the lots that it was made of; `left_out` how many of their segment somebody left out, and
    `earlier` how many lots earlier segments have. `others` are the ways for values that are not normal, worked out
    where the test refutes the normal law; `way` is the one to take, and `why` the reason.
    """

    counted: LotValues
    left_out: int
    earlier: int
    spread: Spread
    found: Capability
    observed: Ppm
    normality: Normality
    others: list[Other]
    way: Way
    why: Why

    @property
    def taken(self) -> Other | None:
        """The other way that was chosen; None where the usual indices are to be taken."""
        return next((one for one in self.others if one.way is self.way), None)


def capability_study(
    found: LotValues,
    *,
    lsl: float | None,
    usl: float | None,
    target: float | None,
    decided: Decided = NOTHING_DECIDED,
) -> CapabilityStudy:
    """Study the lots of the last segment that nobody left out against specification limits.

    Sigma within is estimated as the chart does that these lots ask for; a moving range spans no lot left out.
    """
    _key, present = segments_of(found, decided)[-1]
    places = np.array([at for at in present if found.lots[at] not in decided.excluded], dtype=np.int64)
    counted = found.only(places)
    choice = proposed_chart(counted)
    spread = SPREADS[choice.chart] if choice else Spread.MOVING_RANGE
    low, high, aim = (np.nan if given is None else given for given in (lsl, usl, target))
    normality = anderson_darling(counted.values)
    others = other_ways(counted.values, low, high) if normality.p < UNUSUAL else []
    way, why = chosen_way(normality, others)
    return CapabilityStudy(
        counted=counted,
        left_out=len(present) - len(places),
        earlier=len(found.lots) - len(present),
        spread=spread,
        found=capability(sums_of_lots(found, places, spread), low, high, target=aim),
        observed=observed_ppm(counted.values, low, high),
        normality=normality,
        others=others,
        way=way,
        why=why,
    )


def fitted_study(study: CapabilityStudy, *, lsl: float | None, usl: float | None) -> FittedStudy | None:
    """Study the values by the law that fits them best; None where none fits or there is nothing to judge by."""
    values = study.counted.values
    low, high = (np.nan if given is None else given for given in (lsl, usl))
    if (
        not len(values)
        or not (np.isnan(low) or np.isnan(high) or low < high)
        or (np.isnan(low) and np.isnan(high))
    ):
        return None
    name, tried = best_fit(values)
    law = next((one for one in tried if one.family.value == str(name)), None)
    if law is None:
        return None
    return FittedStudy(
        law.family, percentile_indices(law.values(SHARES), low, high), expected_ppm_of(law, low, high)
    )
