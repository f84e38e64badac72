"""Readings of a study, one a row, to a crossed table; and the factors of the method of averages and ranges."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from quality.formulas.chart_constants import d2, d3
from quality.formulas.gauges.repeatability import GaugeRanges, gauge_ranges
from quality.formulas.proportion import Floats


class Crossing(NamedTuple):
    """`table` of shape (pieces, appraisers, trials), NaN where a reading lacks; `counts` (pieces, appraisers)."""

    table: Floats
    counts: np.ndarray

    @property
    def is_whole(self) -> bool:
        """Whether every appraiser read every piece equally often."""
        return bool(self.counts.size) and bool(np.all(self.counts == self.counts.max()))


def crossing(pieces: ArrayLike, appraisers: ArrayLike, trials: ArrayLike, values: ArrayLike) -> Crossing:
    """Lay readings out by piece, appraiser and trial.

    Parameters
    ----------
    pieces, appraisers : array_like of int, shape (n,)
        Numbers from 0; every number up to the highest is used.
    trials : array_like of int, shape (n,)
        Only their order within a piece and appraiser counts: trials may be numbered through.
    values : array_like of float, shape (n,)

    Returns
    -------
    Crossing
    """
    piece, appraiser = np.asarray(pieces, dtype=int), np.asarray(appraisers, dtype=int)
    value = np.asarray(values, dtype=float)
    if not value.size:
        return Crossing(np.empty((0, 0, 0)), np.empty((0, 0), dtype=int))
    shape = (int(piece.max()) + 1, int(appraiser.max()) + 1)
    cell = piece * shape[1] + appraiser
    order = np.lexsort((np.asarray(trials), cell))
    counts = np.bincount(cell, minlength=shape[0] * shape[1])
    within = np.arange(len(value)) - (np.cumsum(counts) - counts)[cell[order]]
    table = np.full((*shape, int(counts.max())), np.nan)
    table[piece[order], appraiser[order], within] = value[order]
    return Crossing(table, counts.reshape(shape))


def study_by_ranges(measurements: ArrayLike) -> GaugeRanges:
    """Averages and ranges with the manual's factors, computed for any size.

    K1 = 1/d2 of the trials (the manual takes the limit for many pieces); K2 and K3 = 1/d2* of the appraisers and
    of the pieces, d2*^2 = d2^2 + d3^2, the mean square of a single range.

    Parameters and errors as `repeatability.gauge_ranges`.

    References
    ----------
    .. [1] AIAG (2010), Measurement Systems Analysis, 4th ed., ch. III-B and appendix C.
    """
    pieces, appraisers, trials = np.shape(measurements)[-3:]
    return gauge_ranges(
        measurements, k1=1 / float(d2(trials)), k2=_of_one_range(appraisers), k3=_of_one_range(pieces)
    )


def _of_one_range(size: int) -> float:
    return 1 / float(np.hypot(d2(size), d3(size)))
